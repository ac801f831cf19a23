"""Writes the held-out set for any evaluator: questions.jsonl, rules.json and the pictures as PNG.

python make_eval.py OUT_FOLDER [--per-skill 320] [--skills a,b]
Fields of a line: id, skill, kind, lang, heldOutPhrasing, images (file names; empty for a greeting), frameSeconds (null,
or the time of each image if they are frames of one clip, to be passed as a video), question, answer, metric, scale.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import PIL

from held_out import PER_SKILL, Held, held_out
from scenes.fonts import FONT_FOLDER
from scoring import RULES


def record(held: Held) -> dict:
    scene, exchange = held.scene, held.exchange
    clip = scene.seconds is not None
    return {
        'id': held.id, 'skill': held.skill, 'kind': exchange.kind, 'lang': exchange.lang, 'heldOutPhrasing': exchange.held_out,
        'images': [f'{held.skill}-{held.seed % 2 ** 40:03d}-{i}.png' for i in range(len(scene.images))],
        'frameSeconds': [i / scene.frames_per_second for i in range(len(scene.images))] if clip else None,
        'question': exchange.question, 'answer': exchange.answer, 'metric': exchange.metric, 'scale': exchange.scale,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('out', type=Path)
    parser.add_argument('--per-skill', type=int, default=PER_SKILL)
    parser.add_argument('--skills', default='')
    a = parser.parse_args()
    (a.out / 'images').mkdir(parents=True, exist_ok=True)
    count = 0
    with (a.out / 'questions.jsonl').open('w', encoding='utf8') as lines:
        for held in held_out(a.per_skill, a.skills.split(',') if a.skills else None):
            line = record(held)
            for name, image in zip(line['images'], held.scene.images):
                path = a.out / 'images' / name
                if not path.exists():
                    cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 6])
            lines.write(json.dumps(line, ensure_ascii=False) + '\n')
            count += 1
    fonts = json.loads((FONT_FOLDER / 'fonts.json').read_text())['packages']
    versions = {'opencv': cv2.__version__, 'numpy': np.__version__, 'pillow': PIL.__version__, 'fonts': fonts}
    (a.out / 'rules.json').write_text(json.dumps({'metrics': RULES, 'versions': versions}, indent=1))
    print(f'{count} questions, {sum(f.stat().st_size for f in (a.out / "images").iterdir()) / 1e6:.1f} MB of pictures')


if __name__ == '__main__':
    main()
