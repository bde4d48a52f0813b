"""A voice for piper, made here: a model of 800 bytes that hums each phoneme at a pitch of its own.

It is an ONNX model as `onnx` would write it, put together from protobuf's two rules: a field is its number
and kind, then either an integer or a length and that many bytes. It takes what a real voice takes, draws
random numbers as one does, and is as long as it is told to be.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

SAMPLERATE = 22_050
_FLOAT, _INT64 = 1, 7
"""TensorProto.DataType."""
_LETTERS = " !'(),-.:;?abcdefghijklmnopqrstuvwxyzæðŋɐɑɒɔəɚɛɜɡɪɹɾʃʊʌʒʔˈˌːᵻθ"


def write_voice(folder: Path, name: str = "hum", **description: Any) -> Path:
    """Write a voice into a folder; return its model. What is given replaces what the description says."""
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / f"{name}.onnx"
    model.write_bytes(make_model(speakers=len(description.get("speaker_id_map", ()))))
    model.with_name(f"{name}.onnx.json").write_text(json.dumps(describe() | description), encoding="utf-8")
    return model


def describe() -> dict[str, Any]:
    """Return what lies beside a model, as piper's own have it."""
    return {
        "audio": {"sample_rate": SAMPLERATE, "quality": "low"},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": {"_": [0], "^": [1], "$": [2]}
        | {letter: [number] for number, letter in enumerate(_LETTERS, start=3)},
        "num_symbols": 256,
        "num_speakers": 1,
        "speaker_id_map": {},
        "language": {"code": "en_US", "family": "en", "region": "US"},
        "dataset": "hum",
    }


def make_model(*, speakers: int = 0) -> bytes:
    """Return the model: 35 ms of a sine for each phoneme, its pitch by number, and noise if asked for."""
    nodes = [
        _node("Gather", ["scales", "one"], "stretch"),
        _node("Mul", ["stretch", "samples"], "length"),
        _node("Range", ["zero", "length", "step"], "ramp"),
        _node("Cast", ["input"], "numbers", _attribute("to", _FLOAT)),
        _node("Reshape", ["numbers", "column"], "numbered"),
        _node("Add", ["numbered", "lowest"], "pitch"),
        *(
            [
                _node("Cast", ["sid"], "who", _attribute("to", _FLOAT)),
                _node("Mul", ["who", "apart"], "higher"),
                _node("Add", ["pitch", "higher"], "pitches"),
            ]
            if speakers > 1
            else [_node("Identity", ["pitch"], "pitches")]
        ),
        _node("Mul", ["pitches", "ramp"], "phases"),
        _node("Mul", ["phases", "turn"], "angles"),
        _node("Sin", ["angles"], "waves"),
        _node("RandomNormalLike", ["waves"], "dice"),
        _node("Gather", ["scales", "first"], "noise"),
        _node("Mul", ["dice", "noise"], "hiss"),
        _node("Add", ["waves", "hiss"], "voice"),
        _node("Mul", ["voice", "quiet"], "softly"),
        _node("Reshape", ["softly", "row"], "output"),
    ]
    constants = [
        _tensor("one", _INT64, [], struct.pack("<q", 1)),
        _tensor("first", _INT64, [], struct.pack("<q", 0)),
        _tensor("column", _INT64, [2], struct.pack("<2q", -1, 1)),
        _tensor("row", _INT64, [4], struct.pack("<4q", 1, 1, 1, -1)),
        *(
            _tensor(name, _FLOAT, [], struct.pack("<f", value))
            for name, value in (
                *(("zero", 0.0), ("step", 1.0), ("samples", 0.035 * SAMPLERATE)),
                *(("lowest", 20.0), ("apart", 9.0), ("turn", 0.006), ("quiet", 0.3)),
            )
        ),
    ]
    inputs = [
        _value("input", _INT64, [None, None]),
        _value("input_lengths", _INT64, [None]),
        _value("scales", _FLOAT, [3]),
        *([_value("sid", _INT64, [None])] if speakers > 1 else []),
    ]
    graph = b"".join(
        [
            *(_bytes(1, node) for node in nodes),
            _bytes(2, b"hum"),
            *(_bytes(5, constant) for constant in constants),
            *(_bytes(11, value) for value in inputs),
            _bytes(12, _value("output", _FLOAT, [None] * 4)),
        ]
    )
    return _whole(1, 8) + _bytes(7, graph) + _bytes(8, _bytes(1, b"") + _whole(2, 15))


def _node(kind: str, inputs: list[str], output: str, *attributes: bytes) -> bytes:
    named = b"".join(_bytes(1, name.encode()) for name in inputs) + _bytes(2, output.encode())
    return named + _bytes(4, kind.encode()) + b"".join(_bytes(5, one) for one in attributes)


def _attribute(name: str, value: int) -> bytes:
    return _bytes(1, name.encode()) + _whole(3, value) + _whole(20, 2)


def _tensor(name: str, kind: int, dims: list[int], raw: bytes) -> bytes:
    sizes = b"".join(_whole(1, size) for size in dims)
    return sizes + _whole(2, kind) + _bytes(8, name.encode()) + _bytes(9, raw)


def _value(name: str, kind: int, dims: list[int | None]) -> bytes:
    shape = b"".join(_bytes(1, b"" if size is None else _whole(1, size)) for size in dims)
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, _whole(1, kind) + _bytes(2, shape)))


def _whole(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])
