"""phrasings.txt expanded: every way in which a kind of question is asked, apart for training and for evaluation."""

import itertools
import re
from functools import lru_cache
from pathlib import Path

# kind → (language, held out?) → phrasings
Table = dict[str, dict[tuple[str, bool], list[str]]]


def expand(template: str) -> list[str]:
    """'[a|b] c' → ['a c', 'b c']; choices do not nest."""
    parts = re.split(r'\[([^\]]*)\]', template)
    choices = [part.split('|') if i % 2 else [part] for i, part in enumerate(parts)]
    return [re.sub(r'\s+', ' ', ''.join(pick)).strip() for pick in itertools.product(*choices)]


@lru_cache(maxsize=1)
def phrasings() -> Table:
    """Raises ValueError for a kind with fewer than 8 phrasings to train on or 3 held out, or with one in both."""
    table: Table = {}
    kind = ''
    for line in (Path(__file__).parent / 'phrasings.txt').read_text(encoding='utf8').splitlines():
        if line.startswith('== '):
            kind = line[3:]
            table[kind] = {(lang, held): [] for lang in ('en', 'zh') for held in (False, True)}
        elif match := re.match(r'(en|zh)(\*?): (.*)', line):
            table[kind][match[1], bool(match[2])] += expand(match[3])
    for kind, lists in table.items():
        for lang in ('en', 'zh'):
            trained, held = set(lists[lang, False]), set(lists[lang, True])
            if len(trained) < 8 or len(held) < 4 or trained & held:
                raise ValueError(f'{kind} {lang}: {len(trained)} trained, {len(held)} held out, shared {trained & held}')
    return table


def fill(phrasing: str, slots: dict[str, str]) -> str:
    """Sets the slots; Chinese ordinals and JSON keys come in their own words."""
    return re.sub(r'\{(\w+)\}', lambda match: slots[match[1]], phrasing)
