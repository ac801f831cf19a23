"""Glyphs as arrays: FreeType (through Pillow) rasterises each (face, size, character) once; the result is cached."""

import json
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFont

FONT_FOLDER = Path(__file__).parent.parent / '.cache' / 'fonts'


class Glyph(NamedTuple):
    alpha: np.ndarray  # (h, w) uint8
    left: int  # pen position to the left edge of alpha, px
    top: int  # baseline to the top edge of alpha, px, negative above
    advance: float


@lru_cache(maxsize=1)
def faces() -> dict[tuple[str, str], list[str]]:
    """(script, style) → files. Raises FileNotFoundError if fonts.sh has not run."""
    table: dict[tuple[str, str], list[str]] = {}
    for face in json.loads((FONT_FOLDER / 'fonts.json').read_text())['faces']:
        table.setdefault((face['script'], face['style']), []).append(face['file'])
        table.setdefault((face['script'], 'any'), []).append(face['file'])
    return table


def pick_face(rng: Random, text: str = '', style: str = 'any') -> str:
    """A face that can draw `text`: text with a Chinese character needs a Chinese face."""
    chinese = any(ord(c) > 0x2000 for c in text)
    table = faces()
    key = ('chinese' if chinese else 'latin', style)
    return rng.choice(table.get(key) or table[(key[0], 'any')])


@lru_cache(maxsize=512)
def _font(face: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_FOLDER / face), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=100_000)
def glyph(face: str, size: int, character: str) -> Glyph:
    font = _font(face, size)
    core, (left, top) = font.getmask2(character, mode='L', anchor='ls')
    width, height = core.size
    alpha = np.zeros((0, 0), np.uint8)
    if width and height:
        picture = Image.new('L', (width, height))
        picture.im.paste(core, (0, 0, width, height))
        alpha = np.array(picture)
    return Glyph(alpha, int(left), int(top), font.getlength(character))


class Line(NamedTuple):
    """A line of text set in one face: alpha (h, w) uint8; the baseline is `ascent` below its top edge."""

    alpha: np.ndarray
    ascent: int
    centres: list[tuple[str, float, float]]  # (character, x, y) inside alpha
    orders: list[int]  # index of each character in its word, from 0


@lru_cache(maxsize=4096)
def set_line(text: str, face: str, size: int, spacing: float = 0.0) -> Line:
    """Sets `text` on one line, with `spacing` px more between characters than the face's own."""
    pen, placed = 0.0, []
    for character in text:
        shape = glyph(face, size, character)
        placed.append((character, shape, int(round(pen))))
        pen += shape.advance + spacing
    inked = [(shape, at) for _, shape, at in placed if shape.alpha.size]
    left = min([at + shape.left for shape, at in inked] + [0])
    right = max([at + shape.left + shape.alpha.shape[1] for shape, at in inked] + [int(pen)])
    top = min([shape.top for shape, _ in inked] + [0])
    bottom = max([shape.top + shape.alpha.shape[0] for shape, _ in inked] + [1])
    alpha = np.zeros((bottom - top, right - left), np.uint8)
    centres, orders, order = [], [], 0
    for character, shape, at in placed:
        if not shape.alpha.size:
            order = 0
            continue
        h, w = shape.alpha.shape
        x, y = at + shape.left - left, shape.top - top
        np.maximum(alpha[y:y + h, x:x + w], shape.alpha, out=alpha[y:y + h, x:x + w])
        centres.append((character, x + w / 2, y + h / 2))
        orders.append(order)
        order += 1
    return Line(alpha, -top, centres, orders)


def fit_size(text: str, face: str, width: float, largest: int, smallest: int = 10) -> int:
    """The largest size in px at which `text` is no wider than `width` (never under `smallest`)."""
    at_largest = sum(glyph(face, largest, c).advance for c in text)
    return max(smallest, min(largest, int(largest * width / max(1.0, at_largest))))


def cut(text: str, face: str, size: int, width: float) -> str:
    """The longest beginning of `text` that is no wider than `width`, but at least one character."""
    fitting, pen = 0, 0.0
    for character in text:
        pen += glyph(face, size, character).advance
        if pen > width:
            break
        fitting += 1
    return text[:max(1, fitting)].rstrip()
