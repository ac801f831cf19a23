"""The held-out questions: scenes of seeds that training never draws, half of them in phrasings unseen in training."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from scenes.sample import HELD_OUT_SEEDS, SKILLS, Exchange, ask, make_scene
from scenes.scene import Scene

PER_SKILL = 320
# Further scenes unseen in training, in trained phrasings: for finding faults without using the set that counts.
PRACTICE_SEEDS = HELD_OUT_SEEDS // 2


@dataclass
class Held:
    """One question of the set. Question n of a skill is about scene n // 2, once in English and once in Chinese."""

    id: str
    skill: str
    seed: int
    scene: Scene
    exchange: Exchange


def held_out(per_skill: int = PER_SKILL, skills: list[str] | None = None, first: int = HELD_OUT_SEEDS) -> Iterator[Held]:
    """Languages alternate; in each language, every other scene is asked in a held-out phrasing. Of a scene's question
    kinds, it asks the one that was asked least often so far, relative to the kind's weight in training."""
    for skill in skills or list(SKILLS):
        asked: dict[str, int] = {}
        for n in range(per_skill):
            seed = first + n // 2
            scene = make_scene(skill, seed)
            rng = Random(f'held:{skill}:{n}' if first == HELD_OUT_SEEDS else f'practice:{skill}:{n}')
            question = min(scene.questions, key=lambda q: (asked.get(q.kind, 0) / q.weight, rng.random()))
            asked[question.kind] = asked.get(question.kind, 0) + 1
            exchange = ask(rng, question, ('en', 'zh')[n % 2], held_out=first == HELD_OUT_SEEDS and n // 2 % 2 == 1)
            yield Held(f'{skill}-{n:03d}', skill, seed, scene, exchange)
