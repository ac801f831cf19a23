"""What a rendered scene is: pictures, questions about them, and marks (where what was drawn).

Coordinates are pixels, origin top left. A `Question` carries both languages; which one is asked, and in which phrasing,
is decided by sample.py.
"""

from dataclasses import dataclass, field

import numpy as np

# How an answer is scored; make_eval.py writes the rule into the data.
EXACT, BOXES, GAUGE = 'exact', 'boxes', 'gauge'


@dataclass
class Question:
    """One question kind of phrasings.txt with its slots filled, and the one right answer, per language ('en', 'zh')."""

    kind: str
    answer: dict[str, str]
    slots: dict[str, dict[str, str]] = field(default_factory=lambda: {'en': {}, 'zh': {}})
    metric: str = EXACT
    weight: float = 1.0  # share among the questions of its scene when some are drawn
    scale: float = 0.0  # GAUGE: the span of the dial, of which 2 % is the tolerance


def same(text: str) -> dict[str, str]:
    """An answer that does not depend on the language."""
    return {'en': text, 'zh': text}


def both(english: str, chinese: str) -> dict[str, str]:
    return {'en': english, 'zh': chinese}


def yes_no(truth: bool) -> dict[str, str]:
    return both('Yes', '是') if truth else both('No', '否')


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
    outline: list[tuple[float, float]] | None = None  # corners in px, where it is known how far the thing reaches


@dataclass
class Scene:
    """Pictures (H, W, 3) uint8, all of one size when `seconds` gives them the time stamps of a clip."""

    skill: str
    images: list[np.ndarray]
    questions: list[Question]
    marks: list[Mark]
    seconds: list[float] | None = None
    frames_per_second: float = 0.0
