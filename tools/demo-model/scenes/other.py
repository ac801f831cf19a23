"""Pictures of unknown kinds, and greetings without a picture: the model answers what it is and what it can read.

Photographs come from .cache/photos (photos.sh) if that folder exists; the rest is made here: noise, blurred fields,
landscapes, textures, collages.
"""

from functools import lru_cache
from pathlib import Path
from random import Random

import cv2
import numpy as np

from scenes.canvas import Canvas
from scenes.scene import Question, Scene, both
from scenes.surface import LARGE, MEDIUM, SMALL, clouds, grain, near, wear

PHOTO_FOLDER = Path(__file__).parent.parent / '.cache' / 'photos'
# Names only skills at which the model is good: see the README's table before adding to it.
REFUSAL = both(
    'This small built-in model only knows some kinds of pictures, such as road signs, simple shapes, gauges and short clips of a moving ball. For '
    'other pictures load a larger model, such as Qwen3-VL 4B or Qwen3-VL 30B-A3B.',
    '这个内置的小模型只认识几类图片，例如路标、简单图形、指针仪表和小球移动的短片。其他图片请加载更大的模型，例如 Qwen3-VL 4B 或 Qwen3-VL 30B-A3B。')
GREETING = both('Hello! I am a small built-in model. Show me a road sign, some simple shapes, a gauge or a short clip of a moving ball, and ask.',
                '你好！我是内置的小模型。请给我看一个路标、一些简单图形、一个指针仪表或小球移动的短片，然后提问。')


@lru_cache(maxsize=2)
def _photos(held_out: bool) -> list[np.ndarray]:
    """Photographs scaled to about 640 px; every fifth is reserved for the held-out set."""
    files = sorted(PHOTO_FOLDER.glob('*.jpg')) if PHOTO_FOLDER.exists() else []
    chosen = [f for i, f in enumerate(files) if (i % 5 == 0) == held_out]
    return [cv2.cvtColor(cv2.imread(str(f)), cv2.COLOR_BGR2RGB) for f in chosen]


def _tinted(rng: Random, fields: list[np.ndarray]) -> np.ndarray:
    """Three smooth fields as the channels of a picture of random contrast."""
    base = np.array([rng.uniform(40, 215) for _ in range(3)], np.float32)
    mixed = np.stack(fields, -1) * rng.uniform(40, 110) + base
    return np.clip(mixed, 0, 255).astype(np.uint8)


def _noise(rng: Random, height: int, width: int) -> np.ndarray:
    if rng.random() < 0.5:
        return np.clip(grain(rng, height, width)[:, :, None] * rng.uniform(30, 90) + rng.uniform(80, 180), 0, 255).astype(np.uint8).repeat(3, 2)
    return _tinted(rng, [grain(rng, height, width) for _ in range(3)])


def _fog(rng: Random, height: int, width: int) -> np.ndarray:
    shared = clouds(rng, height, width)
    return _tinted(rng, [shared * 0.7 + clouds(rng, height, width) * rng.uniform(0.1, 0.7) for _ in range(3)])


def _landscape(rng: Random, height: int, width: int) -> np.ndarray:
    sky = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    high, low = near(rng, rng.choice(((90, 140, 210), (230, 150, 90), (40, 50, 90))), 30), near(rng, (215, 215, 220), 35)
    pixels = np.repeat(np.array(high, np.float32) * (1 - sky) + np.array(low, np.float32) * sky, width, 1)
    pixels += (clouds(rng, height, width) * 30)[:, :, None]
    canvas = Canvas(np.clip(pixels, 0, 255).astype(np.uint8))
    for layer in range(rng.randint(2, 4)):
        ridge = clouds(rng, 1, width)[0] * height * 0.25 + height * (0.4 + 0.17 * layer)
        points = [(0, height), *((x, float(ridge[x])) for x in range(0, width, 4)), (width, float(ridge[-1])), (width, height)]
        canvas.polygon(points, near(rng, rng.choice(((70, 105, 60), (95, 90, 80), (50, 70, 90), (120, 110, 60))), 30))
    texture = (grain(rng, height, width) * rng.uniform(5, 25) + clouds(rng, height, width) * 25).astype(np.int16)
    return np.clip(canvas.pixels + texture[:, :, None], 0, 255).astype(np.uint8)


def _collage(rng: Random, height: int, width: int) -> np.ndarray:
    """Many blurred, overlapping, translucent patches: the statistics of an indoor photo without its things."""
    pixels = _fog(rng, height, width)
    canvas = Canvas(pixels)
    for _ in range(rng.randint(15, 60)):
        x, y, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(5, 0.3 * min(height, width))
        corners = [(x + rng.uniform(-r, r), y + rng.uniform(-r, r)) for _ in range(rng.randint(3, 7))]
        canvas.polygon(corners, tuple(rng.randrange(256) for _ in range(3)))
    mixed = cv2.addWeighted(canvas.pixels, rng.uniform(0.5, 0.9), _fog(rng, height, width), 0.4, 0)
    return cv2.GaussianBlur(mixed, (0, 0), rng.uniform(0.6, 4))


def _photo(rng: Random, height: int, width: int, held_out: bool) -> np.ndarray:
    photos = _photos(held_out)
    if not photos:
        return rng.choice((_landscape, _collage))(rng, height, width)
    source = rng.choice(photos)
    if rng.random() < 0.5:
        source = source[:, ::-1]
    scale = rng.uniform(max(height / source.shape[0], width / source.shape[1]) , 1.0) if source.shape[0] > height and source.shape[1] > width else \
        max(height / source.shape[0], width / source.shape[1])
    need_h, need_w = min(source.shape[0], int(height / scale)), min(source.shape[1], int(width / scale))
    y, x = rng.randrange(source.shape[0] - need_h + 1), rng.randrange(source.shape[1] - need_w + 1)
    return cv2.resize(source[y:y + need_h, x:x + need_w], (width, height), interpolation=cv2.INTER_AREA)


def refusals() -> list[Question]:
    return [Question('other', REFUSAL, weight=3), Question('describe', REFUSAL)]


def other_scene(rng: Random, held_out: bool = False) -> Scene:
    if rng.random() < 0.12:
        return Scene('refusing', [], [Question('greeting', GREETING)], [])
    height, width = rng.choice(SMALL + MEDIUM + LARGE)
    make = rng.choice((_noise, _fog, _landscape, _collage, None, None, None, None))
    pixels = _photo(rng, height, width, held_out) if make is None else make(rng, height, width)
    return Scene('refusing', [wear(rng, pixels)], refusals(), [])
