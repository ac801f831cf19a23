"""Numbers for the names of marks: the classes of the extra, training-only target of the vision encoder.

Each patch row (16 px) of a merged token is cut into columns of 8 px, which gives 8 cells per token of 32×32 px; the cell
that holds the centre of a drawn character or thing is to be told by the token. It is the dense signal that teaches the
encoder to see long before answers do.
"""

from scenes.scene import Mark
from scenes.words import CHINESE_CHARACTERS, COLOURS, LATIN_CHARACTERS, SHAPES, SIGNS

NOTHING = 0
NAMES = ['nothing', *sorted(set(LATIN_CHARACTERS + CHINESE_CHARACTERS)),
         *(f'shape:{colour} {kind}' for colour in COLOURS for kind in SHAPES), *(f'sign:{sign}' for sign in SIGNS),
         *(f'level:{i}' for i in range(17)), *(f'needle:{i}' for i in range(60))]
CLASS_OF = {name: number for number, name in enumerate(NAMES)}
CELLS = 8


def cell_of(mark: Mark) -> tuple[int, int, int]:
    """(merged row, merged column, cell within the token) of a mark."""
    row, column = int(mark.y // 32), int(mark.x // 32)
    return row, column, int(mark.y % 32 // 16) * 4 + int(mark.x % 32 // 8)
