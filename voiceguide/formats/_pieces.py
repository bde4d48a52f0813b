"""Sound -> frames of a codec, encoding once what is heard again and again; no format itself.

Half of a session and more is quiet, and its room tone is a loop that is a whole number of frames long: so the
same samples come again on the same grid. The sound is cut into pieces of a few frames. A piece is quiet if
nothing but room tone is in it and around it; what is encoded for one is taken wherever the same samples come
again with the same ones around them. What lies between is encoded in runs, several at once. Each run begins
in the quiet before it and ends in the quiet after it, and the frames of these are dropped: so an encoder has
heard where it is, and a decoder is handed from one run to another where there is next to nothing to hear.

What comes out depends on the samples alone, never on the number of cores or on who is done first.
"""

from __future__ import annotations

import os
from collections import OrderedDict, deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import cached_property
from hashlib import blake2b
from itertools import chain, islice
from multiprocessing import parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Frame = TypeVar("Frame")
Frames = Generator[Frame, None, None]

_LOUDEST = 192
"""The highest sample of what is quiet, of 32 767: room tone has 145, speech at its faintest some thousand."""
_BEFORE, _AFTER = 2, 1
"""Pieces of quiet around a run, encoded with it and dropped. Of 0.12 s each: Opus wants 0.08 s to settle (RFC
7845, section 4.6), and LAME looks two frames ahead."""
_GAP = 8
"""Pieces of quiet from which on it is worth while to end a run and to begin another."""
_TOGETHER = 16
"""Pieces of quiet encoded at once, so that what lies around them is not paid for by each."""
_KEPT = 512
"""Pieces of quiet that are kept: a loop of room tone has 96."""
_LONGEST = 250
"""Pieces of a run that is held in memory. A longer one, half a minute without a rest, goes through a file."""
_MOST_WORKERS = 8
"""Each holds a run: more would take memory for little."""
_MOST_WAITING = 1_000
"""Pieces that are ready while one before them is not."""


class Codec(Protocol[Frame]):
    """What makes frames of sound."""

    samples: int
    """Samples of a frame."""
    count: int
    """Frames of a piece."""

    def encode(self, blocks: Iterable[NDArray[np.int16]], path: Path | None, *, quiet: bool) -> Frames[Frame]:
        """Return the frames of a sound that begins here, encoded by the time it returns.

        In memory, or in a file at `path` that is open until they are closed. Frame n is that of the samples
        from `n * samples` on. Any thread may call it. Raises `OSError`.
        """

    def may_part(self, frames: Iterable[Frame]) -> bool:
        """Return True if any frames may come before these frames of quiet, and any other run after them."""


def encode(blocks: Iterable[NDArray[np.int16]], codec: Codec[Frame], path: Path) -> Frames[Frame]:
    """Yield the frames of all blocks. Blocks; memory stays constant.

    Beside `path`, in a folder called like it, lies what is too long for memory. Closed early, it waits for
    what is under way.

    Raises
    ------
    OSError
        If the disk is full or nothing can be written there.
    """
    line = _Line(blocks, codec.samples * codec.count)
    pool = ThreadPoolExecutor(_count_workers())
    waiting = _Waiting[Frame](2 * _count_workers())
    try:
        for part in _plan(line, _Quiet(codec)):
            if not isinstance(part, _Run):
                waiting.add(part)
            else:
                start = list(islice(part, _LONGEST))
                if part.is_over:
                    waiting.add(pool.submit(_encode_run, codec, part, start))
                else:
                    yield from waiting.take_all()
                    yield from _encode_long(codec, part, start, path)
            while waiting.is_full:
                yield from waiting.take()
        yield from waiting.take_all()
    finally:
        pool.shutdown(cancel_futures=True)


def _count_workers() -> int:
    """Return how many runs are encoded at once: one in each process, where there are several of these."""
    return 1 if parent_process() else min(os.cpu_count() or 1, _MOST_WORKERS)


def _encode_run(codec: Codec[Frame], run: _Run[Frame], sound: list[NDArray[np.int16]]) -> list[Frame]:
    return list(islice(codec.encode(sound, None, quiet=False), *run.bounds(codec.count)))


def _encode_long(
    codec: Codec[Frame], run: _Run[Frame], start: list[NDArray[np.int16]], path: Path
) -> Iterator[Frame]:
    """Yield the frames of a run that goes on after its start, and through a file."""
    # Its name begins like the other's, by which is known what a killed process has left.
    beside = f".{path.name.lstrip('.')}-"
    with (
        TemporaryDirectory(prefix=beside, dir=path.parent, ignore_cleanup_errors=True) as folder,
        closing(codec.encode(chain(start, run), Path(folder) / "run", quiet=False)) as frames,
    ):
        yield from islice(frames, *run.bounds(codec.count))


class _Waiting(Generic[Frame]):
    """What is encoded, or is going to be, and has not been handed on yet, in its order."""

    def __init__(self, most: int) -> None:
        """`most` is how many runs there may be in it."""
        self._parts: deque[Sequence[Frame] | Future[list[Frame]]] = deque()
        self._runs, self._most = 0, most

    @property
    def is_full(self) -> bool:
        """True if some is to be taken first."""
        return self._runs > self._most or len(self._parts) > _MOST_WAITING

    def add(self, part: Sequence[Frame] | Future[list[Frame]]) -> None:
        """Put frames, or a run that will have been encoded, behind all others."""
        self._parts.append(part)
        self._runs += isinstance(part, Future)

    def take(self) -> Sequence[Frame]:
        """Return the foremost frames. Blocks until they are there."""
        part = self._parts.popleft()
        if not isinstance(part, Future):
            return part
        self._runs -= 1
        return part.result()

    def take_all(self) -> Iterator[Frame]:
        """Yield all frames. Blocks until they are there."""
        while self._parts:
            yield from self.take()


def _plan(line: _Line, quiet: _Quiet[Frame]) -> Iterator[_Run[Frame] | Sequence[Frame]]:
    """Yield runs, each of which is to be used up before the next one, and the frames of quiet pieces."""
    while True:
        yield _Run(line, quiet)
        # A run ends where a gap is long enough, or with the sound: its last piece is never quiet.
        recent = deque(quiet.ahead(line, _GAP), maxlen=_GAP)
        if not recent:
            return
        for piece in tuple(recent):
            line.take()
            yield piece
        while piece := next(iter(quiet.ahead(line, 1, recent)), ()):
            line.take()
            recent.append(piece)
            yield piece


class _Piece:
    """A few frames of sound."""

    def __init__(self, sound: NDArray[np.int16], *, is_whole: bool) -> None:
        self.sound = sound
        self.is_quiet = is_whole and bool(sound.max() <= _LOUDEST and sound.min() >= -_LOUDEST)

    @cached_property
    def digest(self) -> bytes:
        """What it is known by."""
        return blake2b(self.sound.data, digest_size=16).digest()


class _Line:
    """The pieces in a row, of which some are looked at before they are taken."""

    def __init__(self, blocks: Iterable[NDArray[np.int16]], size: int) -> None:
        self._pieces = _cut(blocks, size)
        self._ahead: deque[_Piece] = deque()
        self._behind: deque[_Piece] = deque(maxlen=_BEFORE)

    def look(self, count: int = 1) -> bool:
        """Return True if there are so many pieces ahead."""
        self._ahead.extend(islice(self._pieces, max(count - len(self._ahead), 0)))
        return len(self._ahead) >= count

    def is_quiet(self, count: int) -> bool:
        """Return True if the next pieces are quiet, as many as asked for, and what is around them."""
        return (
            len(self._behind) == _BEFORE
            and all(one.is_quiet for one in self._behind)
            and self.look(count + _AFTER)
            and all(one.is_quiet for one in islice(self._ahead, count + _AFTER))
        )

    def around(self, first: int, count: int) -> list[_Piece]:
        """Return the pieces from the `first` ahead on, and what is around them."""
        known = [*self._behind, *islice(self._ahead, first + count + _AFTER)]
        return known[first : first + _BEFORE + count + _AFTER]

    def take(self) -> NDArray[np.int16]:
        """Return the sound of the next piece, which is then behind."""
        self.look()
        self._behind.append(self._ahead.popleft())
        return self._behind[-1].sound

    def before(self) -> list[NDArray[np.int16]]:
        """Return the sound just behind."""
        return [one.sound for one in self._behind]

    def after(self) -> list[NDArray[np.int16]]:
        """Return the sound just ahead, which is not taken."""
        self.look(_AFTER)
        return [one.sound for one in islice(self._ahead, _AFTER)]


def _cut(blocks: Iterable[NDArray[np.int16]], size: int) -> Iterator[_Piece]:
    """Yield the same sound in pieces of `size` samples, the last one shorter if need be."""
    import numpy as np

    piece, filled = np.empty(size, np.int16), 0
    for block in blocks:
        done = 0
        while done < len(block):
            step = min(size - filled, len(block) - done)
            piece[filled : filled + step] = block[done : done + step]
            filled, done = filled + step, done + step
            if filled == size:
                yield _Piece(piece, is_whole=True)
                piece, filled = np.empty(size, np.int16), 0
    if filled:
        yield _Piece(piece[:filled], is_whole=False)


class _Run(Generic[Frame]):
    """A stretch of sound that is encoded in one go, with the quiet around it; it is gone through once."""

    def __init__(self, line: _Line, quiet: _Quiet[Frame]) -> None:
        self.is_over = False
        """True as soon as nothing more comes."""
        self._before = line.before()
        self._pieces: int | None = 0
        self._sound = self._take(line, quiet)

    def __iter__(self) -> Iterator[NDArray[np.int16]]:
        return self._sound

    def bounds(self, count: int) -> tuple[int, int | None]:
        """Return the first frame of it that is kept and the one after the last, None if that is the end."""
        first = len(self._before) * count
        return first, None if self._pieces is None else first + self._pieces * count

    def _take(self, line: _Line, quiet: _Quiet[Frame]) -> Iterator[NDArray[np.int16]]:
        yield from self._before
        pieces = 0
        while line.look() and not (pieces and quiet.ahead(line, _GAP)):
            pieces += 1
            yield line.take()
        after = line.after()
        self._pieces = pieces if after else None
        yield from after
        self.is_over = True


class _Quiet(Generic[Frame]):
    """The quiet that was encoded already."""

    def __init__(self, codec: Codec[Frame]) -> None:
        self._codec = codec
        self._known: OrderedDict[tuple[bytes, ...], tuple[Frame, ...]] = OrderedDict()

    def ahead(
        self, line: _Line, count: int, recent: Iterable[tuple[Frame, ...]] = ()
    ) -> list[tuple[Frame, ...]]:
        """Return the frames of the next pieces, as many as asked for; none if there a run goes on or begins.

        `recent` are those of the quiet before them.
        """
        if not line.is_quiet(count):
            return []
        found = [self._find(line, index) for index in range(count)]
        last = [*recent, *found][-_GAP:]
        return found if self._codec.may_part(chain.from_iterable(last)) else []

    def _find(self, line: _Line, index: int) -> tuple[Frame, ...]:
        """Return the frames of a quiet piece ahead."""
        key = _key(line, index)
        if key not in self._known:
            self._encode(line, index)
        self._known.move_to_end(key)
        return self._known[key]

    def _encode(self, line: _Line, index: int) -> None:
        """Keep the frames of a quiet piece ahead, and of those after it that are new, too."""
        keys = [_key(line, index)]
        while len(keys) < _TOGETHER and line.is_quiet(index + len(keys) + 1):
            key = _key(line, index + len(keys))
            if key in self._known:
                break
            keys.append(key)
        size = self._codec.count
        sound = [one.sound for one in line.around(index, len(keys))]
        frames = list(islice(self._codec.encode(sound, None, quiet=True), (_BEFORE + len(keys)) * size))
        for number, key in enumerate(keys, start=_BEFORE):
            self._known[key] = tuple(frames[number * size : (number + 1) * size])
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)


def _key(line: _Line, index: int) -> tuple[bytes, ...]:
    return tuple(one.digest for one in line.around(index, 1))
