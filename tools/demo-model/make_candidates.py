"""Pictures that could become samples of the app, with each question in both languages: candidates.json and images as PNG.

python make_candidates.py OUT_FOLDER [--per-skill 24] [--skills a,b]
Seeds are held out, and are others than those of the held-out set. `npm run samples:demo` keeps pictures whose questions the shipped package answers rightly.
Clips are left out: the app takes pictures.
"""

import argparse
import json
from pathlib import Path

import cv2

from scenes.phrasings import fill, phrasings
from scenes.sample import HELD_OUT_SEEDS, SKILLS, make_scene
from scenes.scene import part_looks

FIRST_SEED = HELD_OUT_SEEDS + 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('out', type=Path)
    parser.add_argument('--per-skill', type=int, default=24)
    parser.add_argument('--skills', default='')
    a = parser.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    candidates = []
    for skill in a.skills.split(',') if a.skills else [s for s in SKILLS if s != 'clips']:
        for n in range(a.per_skill):
            scene = make_scene(skill, FIRST_SEED + n)
            names = [f'{skill}-{n:02d}-{i}.png' for i in range(len(scene.images))]
            for name, image in zip(names, scene.images):
                cv2.imwrite(str(a.out / name), cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 9])
            questions = [{
                'kind': q.kind, 'metric': q.metric, 'scale': q.scale, 'answer': {lang: part_looks(text)[0] for lang, text in q.answer.items()},
                # The first phrasing of a kind is the plainest one.
                'text': {lang: fill(phrasings()[q.kind][lang, False][0], q.slots[lang]) for lang in ('en', 'zh')},
            } for q in scene.questions if q.kind in phrasings() and q.kind != 'other']
            candidates.append({'skill': skill, 'images': names, 'questions': questions})
    (a.out / 'candidates.json').write_text(json.dumps(candidates, ensure_ascii=False, indent=1))
    print(f'{len(candidates)} pictures')


if __name__ == '__main__':
    main()
