"""Expands phrasings.txt: every phrasing of each question kind, separate for training and for evaluation."""

import itertools
import re
from functools import lru_cache
from pathlib import Path
from random import Random

# kind → (language, held out?) → phrasings
Table = dict[str, dict[tuple[str, bool], list[str]]]


def expand(template: str) -> list[str]:
    """'[a|b] c' → ['a c', 'b c']; choices do not nest."""
    parts = re.split(r'\[([^\]]*)\]', template)
    choices = [part.split('|') if i % 2 else [part] for i, part in enumerate(parts)]
    return [re.sub(r'\s+', ' ', ''.join(pick)).strip() for pick in itertools.product(*choices)]


def normal(text: str) -> str:
    """A normal form that is equal for phrasings that differ only in case, punctuation or blanks."""
    return re.sub(r'[\s.,:?!。，：？！]', '', text).lower()


@lru_cache(maxsize=1)
def frames() -> dict[str, list[str]]:
    """Kind of phrase ('en+n', …) → frames with a * at the place of the phrase."""
    lines = (Path(__file__).parent / 'frames.txt').read_text(encoding='utf8').splitlines()
    return {line[:4]: [f.strip() for f in line[5:].split(' ; ')] for line in lines if line and line[0] != '#'}


def set_in_frames(tag: str, phrase: str) -> list[str]:
    """The phrase in each frame, with a capital letter at the beginning of a sentence."""
    filled = [frame.replace('*', phrase) for frame in frames()[tag]]
    return [f[0].upper() + f[1:] if f[0] != '{' else f for f in filled]


@lru_cache(maxsize=1)
def phrasings() -> Table:
    """All phrasings. Raises ValueError for a kind with fewer than 8 phrasings for training or 4 held out. Removes
    held-out phrasings from the training lists if a frame happens to produce one."""
    table: Table = {}
    framed: dict[tuple[str, str], list[str]] = {}
    kind = ''
    for line in (Path(__file__).parent / 'phrasings.txt').read_text(encoding='utf8').splitlines():
        if line.startswith('== '):
            kind = line[3:]
            table[kind] = {(lang, held): [] for lang in ('en', 'zh') for held in (False, True)}
        elif match := re.match(r'(en|zh)(\*?): (.*)', line):
            table[kind][match[1], bool(match[2])] += expand(match[3])
        elif match := re.match(r'((en|zh)\+\w): (.*)', line):
            for phrase in match[3].split(' ; '):
                framed[kind, match[2]] = framed.get((kind, match[2]), []) + set_in_frames(match[1], phrase.strip())
    for (kind, lang), more in framed.items():
        table[kind][lang, False] += more
    for kind, lists in table.items():
        for lang in ('en', 'zh'):
            held = {normal(text) for text in lists[lang, True]}
            lists[lang, False] = [text for text in lists[lang, False] if normal(text) not in held]
            if len(set(lists[lang, False])) < 8 or len(held) < 4:
                raise ValueError(f'{kind} {lang}: {len(lists[lang, False])} trained, {len(held)} held out')
    return table


def fill(phrasing: str, slots: dict[str, str]) -> str:
    """Fills the slots; Chinese ordinals and JSON keys have their own words."""
    return re.sub(r'\{(\w+)\}', lambda match: slots[match[1]], phrasing)


@lru_cache(maxsize=1)
def synonyms() -> dict[str, list[tuple[re.Pattern[str], list[str]]]]:
    """Language → (pattern, its replacements), see synonyms.txt."""
    table: dict[str, list[tuple[re.Pattern[str], list[str]]]] = {'en': [], 'zh': []}
    for line in (Path(__file__).parent / 'synonyms.txt').read_text(encoding='utf8').splitlines():
        if match := re.match(r'(en|zh): (.+?) = (.+)', line):
            pattern = rf'\b{re.escape(match[2])}\b' if match[1] == 'en' else re.escape(match[2])
            table[match[1]].append((re.compile(pattern, re.IGNORECASE), match[3].split(', ')))
    return table


def reworded(rng: Random, phrasing: str, lang: str, share: float = 0.3) -> str:
    """A phrasing with some of its words replaced, but not its slots."""
    for pattern, others in synonyms()[lang]:
        if rng.random() < share and pattern.search(phrasing):
            phrasing = pattern.sub(rng.choice(others), phrasing, count=1)
    return phrasing[0].upper() + phrasing[1:] if phrasing[0] != '{' else phrasing
