"""Classes of marks: the extra target of the vision encoder, for training only.

Each patch row (16 px) of a merged token is divided into columns of 4 px, which gives 16 cells per token of 32×32 px;
with columns of 8 px, four in ten characters of charts shared a cell with another. The token must identify the cell
that holds the centre of a drawn character or thing; of a thing with a known outline, all cells that it covers, and
its position in the picture. This dense signal teaches the encoder to see long before answers do.
"""

import cv2
import numpy as np

from scenes.scene import Mark
from scenes.words import CHINESE_CHARACTERS, COLOURS, LATIN_CHARACTERS, SHAPES, SIGNS

NOTHING = 0
NAMES = ['nothing', *sorted(set(LATIN_CHARACTERS + CHINESE_CHARACTERS)),
         *(f'shape:{colour} {kind}' for colour in COLOURS for kind in SHAPES), *(f'sign:{sign}' for sign in SIGNS),
         *(f'level:{i}' for i in range(17)), *(f'needle:{i}' for i in range(60))]
CLASS_OF = {name: number for number, name in enumerate(NAMES)}
CELLS = 16
ORDERS = 10  # characters of a word that are identified by their index, for either patch row of a token
TARGETS = CELLS + 2 * ORDERS  # number of targets per token


def cells_of(mark: Mark, height: int, width: int) -> list[tuple[int, int]]:
    """(merged token, cell within it) that show a mark in a picture of this size in px; empty if it lies outside."""
    places = [(int(mark.y // 16), int(mark.x // 4))]
    if mark.outline is not None:
        covered = np.zeros((height, width), np.uint8)
        cv2.fillPoly(covered, [np.round(mark.outline).astype(np.int32)], 1)
        places = [(int(row), int(column)) for row, column in zip(*np.nonzero(covered[8::16, 2::4]))]
    return [(row // 2 * (width // 32) + column // 8, row % 2 * 8 + column % 8)
            for row, column in places if 0 <= row < height // 16 and 0 <= column < width // 4]


def ordered_at(mark: Mark, height: int, width: int) -> list[tuple[int, int]]:
    """(merged token, target number after those of its cells) that identify a character by its index in its word:
    answers are written in that order, and a token of small print shows several characters."""
    if mark.order is None or mark.order >= ORDERS:
        return []
    return [(token, CELLS + cell // 8 * ORDERS + mark.order) for token, cell in cells_of(mark, height, width)]


EDGE = 5  # px from a thing's outermost point


def sides_of(mark: Mark, height: int, width: int) -> list[list[int]]:
    """The merged tokens that show the whole mark, and those that show its leftmost, topmost, rightmost and bottommost
    part, where an edge of its box can be read. Without an outline, all are the tokens of the mark's centre."""
    tokens = sorted({token for token, _ in cells_of(mark, height, width)})
    if mark.outline is None:
        return [tokens] * 5
    covered = np.zeros((height, width), np.uint8)
    cv2.fillPoly(covered, [np.round(mark.outline).astype(np.int32)], 1)
    rows, columns = np.nonzero(covered)
    if not len(rows):
        return [tokens] * 5
    near = (columns <= columns.min() + EDGE, rows <= rows.min() + EDGE, columns >= columns.max() - EDGE, rows >= rows.max() - EDGE)
    at = rows // 32 * (width // 32) + columns // 32
    return [tokens, *(np.unique(at[one]).tolist() for one in near)]


def extent_of(mark: Mark, height: int, width: int) -> tuple[float, ...] | None:
    """Left, top, right, bottom in shares of the picture if the outline is known; for a mark on a scale, its value
    there, four times."""
    if mark.share is not None:
        return (mark.share,) * 4
    if mark.outline is None:
        return None
    corners = np.clip(np.array(mark.outline) / (width, height), 0, 1)
    return *corners.min(0), *corners.max(0)
