"""Makes a training or evaluation sample from a seed: one scene, and conversations about it in either language.

Seeds below HELD_OUT_SEEDS are for training; those from HELD_OUT_SEEDS on are only for evaluation. The same seed gives
the same sample with the same fonts, Pillow, OpenCV and NumPy.
"""

import random
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from scenes.charts import charts_scene, differences_scene
from scenes.clips import clips_scene
from scenes.gauges import bare_scene, gauges_scene, uncommon_scene
from scenes.other import other_scene, refusals
from scenes.pairs import changed_scene, pairs_scene
from scenes.phrasings import fill, normal, phrasings, reworded
from scenes.plotted import plotted_scene
from scenes.reading import page_scene, reading_scene
from scenes.receipts import loose_scene, receipts_scene
from scenes.scene import Look, Question, Scene, look, part_looks
from scenes.shapes import grounding_scene, shapes_scene
from scenes.signs import plain_scene, signs_scene

HELD_OUT_SEEDS = 2 ** 40
SKILLS = {
    'shapes': shapes_scene, 'grounding': grounding_scene, 'signs': signs_scene, 'reading': reading_scene,
    'charts': charts_scene, 'gauges': gauges_scene, 'receipts': receipts_scene, 'pairs': pairs_scene, 'clips': clips_scene,
    'refusing': other_scene,
}
# Parts of a skill that can be taught before the rest of it (changes need no charts), or in addition.
PARTS = {'charts.differences': differences_scene, 'charts.plotted': plotted_scene, 'receipts.loose': loose_scene,
         'gauges.uncommon': uncommon_scene, 'gauges.bare': bare_scene, 'signs.plain': plain_scene,
         'pairs.shapes': changed_scene, 'reading.page': page_scene}
# A picture of an unknown kind is refused whatever the question; these kinds make sense for any picture.
ASKED_OF_ANYTHING = ('count_shapes', 'leftmost', 'which_sign', 'speed_limit', 'read_all', 'plate', 'price', 'chart_list',
                     'chart_largest', 'gauge_read', 'gauge_red', 'receipt_total', 'receipt_date', 'receipt_shop')

# Words that people add to a question; no answer depends on them.
BEFORE = {
    'en': ('Hi!', 'Hello,', 'Hey,', 'Quick question:', 'Excuse me,', 'Okay,', 'Please look:', 'In this photo:', 'Looking at this,',
           'From what you see,', 'According to the picture,', 'Be so kind:', 'One thing:', 'As shown here,', 'Tell me honestly,',
           'I am driving.', 'I am not sure.', 'I need your help.', 'I cannot make it out.', 'Have a look.', 'Just a short answer:'),
    'zh': ('你好，', '请问，', '麻烦看一下，', '根据图片，', '照图上看，', '我不太清楚，', '帮个忙，', '想问一下，', '看图回答：',
           '在这张照片里，', '依你看，', '简单回答：', '我看不清，', '嗨，', '问个问题：', '从画面来看，', '师傅，', '我在开车，'),
}
AFTER = {
    'en': ('Thanks.', 'Thank you!', 'Be brief.', 'Answer briefly.', 'Just the answer.', 'I cannot see it well.', 'Look closely.',
           'If you can.', 'In a few words.', 'I am curious.', 'Please be exact.'),
    'zh': ('谢谢。', '谢谢你！', '请简短回答。', '我看不清楚。', '仔细看看。', '直接回答就行。', '拜托了。', '麻烦了。', '只要答案。'),
}

# Words that people omit in a hurry; no answer depends on them.
SMALL_WORDS = frozenset('the of in a an is are me to for on it this do does you there please'.split())


@dataclass
class Exchange:
    """One question as asked and its right answer."""

    kind: str
    lang: str
    held_out: bool
    question: str
    answer: str
    metric: str
    scale: float
    looks: list[tuple[Look, ...]]  # for each character of the answer, the looks from which it is read
    named: list[tuple[Look, ...]]  # for each character of the question, the looks that its name means


def make_scene(skill: str, seed: int) -> Scene:
    """The scene of a skill (or a part of one) for a seed. The text seeds the generator, because Python salts its
    hash."""
    rng = Random(f'{skill}:{seed}')
    return other_scene(rng, seed >= HELD_OUT_SEEDS) if skill == 'refusing' else {**SKILLS, **PARTS}[skill](rng)


def refused_scene(skill: str, seed: int) -> Scene:
    """The pictures of a skill that a model is not taught (yet) and must refuse. Their marks stay, because the vision
    encoder can still learn to see them."""
    shown = make_scene(skill, seed)
    return Scene('refusing', shown.images, refusals(), shown.marks, shown.seconds, shown.frames_per_second)


@lru_cache(maxsize=256)
def held_out_phrasings(kind: str, lang: str) -> frozenset[str]:
    return frozenset(normal(text) for text in phrasings()[kind][lang, True])


def _casual(rng: random.Random, text: str, lang: str) -> str:
    """Makes a question look typed by a person: sometimes with words before or after it, without the final mark, in
    lower case, with a please, or with a typo."""
    if rng.random() < 0.2 and text[0] != '{':
        before = rng.choice(BEFORE[lang])
        start = text if before[-1] in '.!：:' or not text[:1].isascii() or text.startswith('I ') else text[0].lower() + text[1:]
        text = f'{before} {start}' if lang == 'en' else before + text
    if rng.random() < 0.12:
        text = f'{text} {rng.choice(AFTER[lang])}' if lang == 'en' else text + rng.choice(AFTER[lang])
    words = text.split(' ')
    small = [i for i, word in enumerate(words) if word in SMALL_WORDS]
    if small and rng.random() < 0.08:
        del words[rng.choice(small)]
        text = ' '.join(words)
    pick = rng.random()
    if pick < 0.12:
        return text.rstrip('?.？。')
    if pick < 0.22 and '"' not in text:
        return text[0].lower() + text[1:]
    if pick < 0.27 and text[0].isascii() and text[-1] in '?':
        return text + ' Please.'
    return text


def ask(rng: Random, question: Question, lang: str, held_out: bool = False) -> Exchange:
    """Asks a question in one phrasing of `lang`."""
    kind = question.kind
    if kind == 'other' and rng.random() < 0.5:
        kind = rng.choice(ASKED_OF_ANYTHING)
    phrasing = rng.choice(phrasings()[kind][lang, held_out])
    if not held_out and rng.random() < 0.6:
        other = reworded(rng, phrasing, lang)
        # A rewording may happen to be one of the held-out phrasings, which training must never use.
        phrasing = phrasing if normal(other) in held_out_phrasings(kind, lang) else other
    names = {slot: look(*question.named[slot]) + name + look() if question.named.get(slot) else name
             for slot, name in question.slots[lang].items()}
    text = fill(phrasing, names)
    if not held_out:
        text = _casual(rng, text, lang)
    text, named = part_looks(text)
    answer, looks = part_looks(question.answer[lang])
    return Exchange(question.kind, lang, held_out, text, answer, question.metric, question.scale, looks, named)


# Kinds that are learned last are asked more often in training.
HARDER = {'locate_all': 3}


def exchanges(rng: Random, scene: Scene, count: int, held_out: bool = False) -> list[Exchange]:
    """Up to `count` different questions, drawn by weight, each in a random language (training uses both equally)."""
    pool = sorted(scene.questions, key=lambda q: rng.random() ** (1 / (q.weight * HARDER.get(q.kind, 1))), reverse=True)
    asked = [ask(rng, q, rng.choice(('en', 'zh')), held_out) for q in pool[:count]]
    while scene.skill == 'refusing' and len(asked) < count:
        asked.append(ask(rng, rng.choice(scene.questions), rng.choice(('en', 'zh')), held_out))
    return asked
