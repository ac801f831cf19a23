"""Numbers for the names of marks: the classes of the extra, training-only target of the vision encoder.

Each patch row (16 px) of a merged token is cut into columns of 4 px, which gives 16 cells per token of 32×32 px: with columns
of 8 px, four in ten characters of charts shared theirs with another. The cell that holds the centre of a drawn character or thing is to be told by the token; of a thing whose outline is known, all cells
that it covers, and where it lies in the picture. It is the dense signal that teaches the encoder to see long before answers
do.
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
ORDERS = 10  # characters of a word that are told by their order in it, for either patch row of a token
TOLD = CELLS + 2 * ORDERS  # what is told of each token


def cells_of(mark: Mark, height: int, width: int) -> list[tuple[int, int]]:
    """(merged token, cell within it) that show a mark in a picture of that size in px; none where it lies outside."""
    places = [(int(mark.y // 16), int(mark.x // 4))]
    if mark.outline is not None:
        covered = np.zeros((height, width), np.uint8)
        cv2.fillPoly(covered, [np.round(mark.outline).astype(np.int32)], 1)
        places = [(int(row), int(column)) for row, column in zip(*np.nonzero(covered[8::16, 2::4]))]
    return [(row // 2 * (width // 32) + column // 8, row % 2 * 8 + column % 8)
            for row, column in places if 0 <= row < height // 16 and 0 <= column < width // 4]


def ordered_at(mark: Mark, height: int, width: int) -> list[tuple[int, int]]:
    """(merged token, number beyond those of its cells) under which a character is told by its order in its word: answers are
    written in that order, and a token of small print shows several characters."""
    if mark.order is None or mark.order >= ORDERS:
        return []
    return [(token, CELLS + cell // 8 * ORDERS + mark.order) for token, cell in cells_of(mark, height, width)]


EDGE = 5  # px from a thing's outermost point


def sides_of(mark: Mark, height: int, width: int) -> list[list[int]]:
    """The merged tokens that show the whole of a mark, and those that show its outermost part to the left, top, right, bottom:
    there an edge of its box can be read off. Of a mark without an outline, all are where its centre is."""
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
    """Left, top, right, bottom in shares of the picture, where the outline is known; of what points at a scale its value there,
    four times."""
    if mark.share is not None:
        return (mark.share,) * 4
    if mark.outline is None:
        return None
    corners = np.clip(np.array(mark.outline) / (width, height), 0, 1)
    return *corners.min(0), *corners.max(0)
