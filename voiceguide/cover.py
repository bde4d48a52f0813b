"""title -> PNG: a picture for the screen of a player, the same bytes every time."""

from __future__ import annotations

import io
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

SIZE = 640
"""Pixels of each side: sharp on a phone, and a picture of a few kilobytes."""
_NIGHT, _DUSK, _GLOW = (15, 20, 32), (46, 66, 98), (226, 190, 146)
"""Dark, as it lights up in a dark room; the text is easily read on it (13:1)."""
_RINGS = (226, 182, 140, 98, 58)
"""Radii in pixels: what is pressed, and what is felt around it."""
_SIZES, _HEIGHT = (56, 52, 48, 44, 40, 36, 32), 170
"""Pixels of the title's letters, and of all its lines together."""


def make_cover(title: str) -> bytes:
    """Return a square picture with the title on it, as a PNG file of `SIZE` by `SIZE` pixels.

    Letters beyond western European ones are left out: the font that comes along has no others.
    """
    from PIL import Image, ImageDraw

    scale = 2  # drawn larger and made smaller: smooth edges
    large = Image.new("RGB", (SIZE * scale, SIZE * scale), _NIGHT)
    draw = ImageDraw.Draw(large)
    center = SIZE * scale // 2, round(SIZE * 0.36) * scale
    for number, radius in enumerate(_RINGS):
        part = (number + 1) / len(_RINGS)
        color = tuple(round(a + (b - a) * part**2) for a, b in zip(_NIGHT, _DUSK, strict=True))
        draw.circle(center, radius * scale, fill=color)
    draw.circle(center, 20 * scale, fill=_GLOW)
    picture = large.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    _write_title(ImageDraw.Draw(picture), title)
    # Two hundred colours are enough for rings, and a quarter of the size.
    few = picture.quantize(200, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    file = io.BytesIO()
    few.save(file, "PNG", optimize=True)
    return file.getvalue()


def _write_title(draw: ImageDraw, title: str) -> None:
    from PIL import ImageFont

    known = " ".join("".join(letter for letter in title if ord(letter) < 0x180).split())
    fonts = {size: ImageFont.load_default(size) for size in _SIZES}
    wrapped = {size: _wrap(known, font) for size, font in fonts.items()}
    size = next((size for size in _SIZES if len(wrapped[size]) <= _room(size)), _SIZES[-1])
    font, lines, room = fonts[size], wrapped[size], _room(size)
    if len(lines) > room:
        lines = [*lines[: room - 1], lines[room - 1][:-1].rstrip() + "…"]
    text = "\n".join(lines)
    draw.multiline_text(
        (SIZE / 2, SIZE * 0.83), text, _GLOW, font, anchor="mm", align="center", spacing=size // 4
    )


def _room(size: int) -> int:
    """Return how many lines of letters of a size there is room for."""
    return int(_HEIGHT / (size * 1.25))


def _wrap(text: str, font: FreeTypeFont | ImageFont) -> list[str]:
    """Return the text in lines that fit; a word too long for a line of its own is broken."""
    widest = SIZE * 0.88
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= widest:
            lines[-1] = longer
            continue
        lines += [word] if lines[-1] else []
        lines[-1] = word
        while font.getlength(lines[-1]) > widest:
            long = lines.pop()
            end = bisect_right(range(len(long)), widest, key=lambda n: font.getlength(long[:n])) - 1
            lines += [long[:end], long[end:]]
    return lines
