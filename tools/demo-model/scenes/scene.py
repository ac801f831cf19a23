"""Types of a rendered scene: pictures, questions about them, and marks (positions of drawn things).

Coordinates are pixels, origin top left. A `Question` has both languages; sample.py chooses the language and the
phrasing.
"""

import re
from dataclasses import dataclass, field

import numpy as np

# Scoring rules of answers; make_eval.py writes the rule into the data.
EXACT, BOXES, GAUGE = 'exact', 'boxes', 'gauge'


@dataclass
class Question:
    """One question kind of phrasings.txt with its slots filled, and its only right answer per language ('en', 'zh')."""

    kind: str
    answer: dict[str, str]
    slots: dict[str, dict[str, str]] = field(default_factory=lambda: {'en': {}, 'zh': {}})
    metric: str = EXACT
    weight: float = 1.0  # relative probability among the questions of its scene
    scale: float = 0.0  # GAUGE: the span of the dial, of which 2 % is the tolerance
    named: dict[str, tuple[int, ...]] = field(default_factory=dict)  # slot → the marks that its words mean


def same(text: str) -> dict[str, str]:
    """An answer that does not depend on the language."""
    return {'en': text, 'zh': text}


def both(english: str, chinese: str) -> dict[str, str]:
    return {'en': english, 'zh': chinese}


def yes_no(truth: bool) -> dict[str, str]:
    return both('Yes', '是') if truth else both('No', '否')


LOOKS = range(0xE000, 0xF8FF)  # code points for private use


WHOLE, LEFT, TOP, RIGHT, BOTTOM = SIDES = range(5)
# The number of a mark, and the side of it at which to look.
Look = tuple[int, int]


def look(*marks: int, side: int = WHOLE) -> str:
    """An invisible code in an answer: the text after it is read from these marks of the scene (by number), or, without
    marks, from nothing. It is not part of the text: see part_looks()."""
    return ''.join(chr(LOOKS[mark * len(SIDES) + side]) for mark in marks) or chr(LOOKS.stop)


def spelled(text: str, first: int) -> str:
    """Text whose characters are read from consecutive marks, starting at `first`; blanks have none."""
    marks = iter(range(first, first + len(text)))
    return ''.join(c if c == ' ' else look(next(marks)) + c for c in text) + look()


def part_looks(answer: str) -> tuple[str, list[tuple[Look, ...]]]:
    """Separates an answer with looks into its text and, for each character, the looks from which it is read."""
    text, looks, at = '', [], ()
    for before, piece in re.findall(f'([{chr(LOOKS[0])}-{chr(LOOKS.stop)}]*)([^{chr(LOOKS[0])}-{chr(LOOKS.stop)}]*)', answer):
        if before:
            at = tuple(divmod(ord(one) - LOOKS[0], len(SIDES)) for one in before if ord(one) in LOOKS)
        text += piece
        looks += [at] * len(piece)
    return text, looks


STAMP = 8  # characters of a time stamp, at most


def stamp(marks: int, pair: int, place: int) -> int:
    """The number with which an answer looks at a character of the time stamp of a pair of frames, in a clip of
    `marks`."""
    return marks + pair * STAMP + place


def slots(**names: dict[str, str]) -> dict[str, dict[str, str]]:
    """{'en': {'x': …}, 'zh': {'x': …}} from x={'en': …, 'zh': …}."""
    return {lang: {name: value[lang] for name, value in names.items()} for lang in ('en', 'zh')}


@dataclass
class Mark:
    """Something drawn whose centre is known: the extra target of the vision encoder during training (see marks.py)."""

    image: int
    x: float
    y: float
    name: str
    outline: list[tuple[float, float]] | None = None  # corners in px, if the thing's extent is known
    share: float | None = None  # position on a scale that the thing points at or names
    order: int | None = None  # index of a character in its word, from 0


@dataclass
class Scene:
    """Pictures (H, W, 3) uint8, all of one size when `seconds` gives them the time stamps of a clip."""

    skill: str
    images: list[np.ndarray]
    questions: list[Question]
    marks: list[Mark]
    seconds: list[float] | None = None
    frames_per_second: float = 0.0

    def time_stamp(self, pair: int) -> str:
        """The text before a pair of frames, in the format of the model's processor."""
        return f'<{(self.seconds or [])[pair]:.1f} seconds>'
