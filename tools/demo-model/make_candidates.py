"""Draws candidates for the app's samples, with each question in both languages: candidates.json, pictures as PNG, clips
as lossless animated WebP.

python make_candidates.py OUT_FOLDER [--per-skill 24] [--skills a,b]
Seeds are held out and differ from those of the held-out set. `npm run samples:demo` keeps the pictures whose questions
the shipped package answers correctly. Clips have at most two frames per second, so that the app samples every frame.
"""

import argparse
import json
import re
from pathlib import Path

import cv2
from PIL import Image

from scenes.phrasings import fill, phrasings
from scenes.sample import HELD_OUT_SEEDS, SKILLS, make_scene
from scenes.scene import Scene, part_looks

FIRST_SEED = HELD_OUT_SEEDS + 1_000_000
FRAMES_PER_SECOND = 2  # the sampling rate in the processor's settings


def plainest(wordings: list[str]) -> str:
    """The first phrasing of a kind, with a question mark if it begins like a question."""
    return re.sub(r"^((What|Which|How|Where|When|Is|Are)\b.*?)[.?]?$", r'\1?', wordings[0])


def write(scene: Scene, folder: Path, name: str) -> dict:
    """Writes the pictures or the clip of a scene, and returns the file names."""
    if scene.seconds is not None:
        first, *others = [Image.fromarray(image) for image in scene.images]
        first.save(folder / f'{name}.webp', save_all=True, append_images=others, duration=round(1000 / scene.frames_per_second), lossless=True, method=6)
        return {'clip': f'{name}.webp'}
    names = [f'{name}-{i}.png' for i in range(len(scene.images))]
    for file, image in zip(names, scene.images):
        cv2.imwrite(str(folder / file), cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return {'images': names}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('out', type=Path)
    parser.add_argument('--per-skill', type=int, default=24)
    parser.add_argument('--skills', default='')
    a = parser.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    candidates = []
    for skill in a.skills.split(',') if a.skills else SKILLS:
        for n in range(a.per_skill):
            scene = make_scene(skill, FIRST_SEED + n)
            if scene.seconds is not None and scene.frames_per_second > FRAMES_PER_SECOND:
                continue
            questions = [{
                'kind': q.kind, 'metric': q.metric, 'scale': q.scale, 'answer': {lang: part_looks(text)[0] for lang, text in q.answer.items()},
                'text': {lang: fill(plainest(phrasings()[q.kind][lang, False]), q.slots[lang]) for lang in ('en', 'zh')},
            } for q in scene.questions if q.kind in phrasings() and q.kind != 'other']
            candidates.append({'skill': skill, **write(scene, a.out, f'{skill}-{n:02d}'), 'questions': questions})
    (a.out / 'candidates.json').write_text(json.dumps(candidates, ensure_ascii=False, indent=1))
    print(f'{len(candidates)} pictures and clips')


if __name__ == '__main__':
    main()
