"""Rules for right answers. make_eval.py writes the same rules into the data for evaluators in other languages."""

import json
import re

from scenes.scene import BOXES, GAUGE

RULES = {
    'exact': 'Equal after trimming white space at both ends.',
    'boxes': 'Both are JSON lists of {"bbox_2d":[x1,y1,x2,y2],"label":…} of the same length, and the boxes can be paired '
             '(best overlap first) so that each pair has intersection over union of at least 0.5 and equal labels.',
    'gauge': 'With every number (-?digits[.digits]) replaced by #, both are equal after trimming, and each number differs '
             'from its counterpart by at most 2 % of `scale`.',
}
NUMBER = re.compile(r'-?\d+(?:\.\d+)?')


def overlap(a: list[float], b: list[float]) -> float:
    """Intersection over union of two boxes [x1, y1, x2, y2]."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def _boxes(text: str) -> list[tuple[list[float], str]] | None:
    try:
        found = [([float(v) for v in item['bbox_2d']], item['label']) for item in json.loads(text)]
        return found if all(len(box) == 4 for box, _ in found) else None
    except (ValueError, TypeError, KeyError):
        return None


def same_boxes(answer: str, expected: str) -> bool:
    given, wanted = _boxes(answer), _boxes(expected)
    if given is None or wanted is None or len(given) != len(wanted):
        return False
    pairs = sorted(((overlap(a, b), i, j) for i, (a, la) in enumerate(given) for j, (b, lb) in enumerate(wanted) if la == lb),
                   reverse=True)
    used_given, used_wanted = set(), set()
    for value, i, j in pairs:
        if value >= 0.5 and i not in used_given and j not in used_wanted:
            used_given.add(i)
            used_wanted.add(j)
    return len(used_given) == len(wanted)


def same_reading(answer: str, expected: str, scale: float) -> bool:
    if NUMBER.sub('#', answer.strip()) != NUMBER.sub('#', expected.strip()):
        return False
    pairs = zip(NUMBER.findall(answer), NUMBER.findall(expected))
    # Slightly more than 2 %, because 0.02 is not exact in binary.
    return all(abs(float(a) - float(b)) <= 0.02 * scale + 1e-9 for a, b in pairs)


def is_right(answer: str, expected: str, metric: str, scale: float = 0.0) -> bool:
    if metric == BOXES:
        return same_boxes(answer, expected)
    if metric == GAUGE:
        return same_reading(answer, expected, scale)
    return answer.strip() == expected.strip()
