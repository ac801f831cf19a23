"""The surroundings of a drawing: sizes, backgrounds, and camera artefacts (noise, blur, light, JPEG, tilt).

Noise is cut from banks made once per process from a fixed seed: new normal numbers would cost more than the scene.
"""

import math
from functools import lru_cache
from random import Random

import cv2
import numpy as np

from scenes.canvas import Canvas, Colour
from scenes.scene import Mark
from scenes.words import COLOURS

# (height, width): multiples of 32, area at most 384², from 16 to 144 image tokens.
SMALL = [(128, 128), (128, 192), (192, 128), (160, 160), (192, 192)]
MEDIUM = [(256, 256)] * 3 + [(224, 224), (192, 256), (256, 192), (224, 288), (192, 320), (320, 192)]
LARGE = [(320, 320), (256, 384), (384, 256), (384, 384), (256, 512), (512, 256), (288, 448)]


@lru_cache(maxsize=1)
def _grain_bank() -> np.ndarray:
    return np.random.default_rng(7).normal(0, 1, (1024, 1024)).astype(np.float32)


@lru_cache(maxsize=1)
def _cloud_bank() -> list[np.ndarray]:
    """Eight smooth 640×640 fields in −1…1, each a sum of octaves with a different fall-off: paper, walls, shade."""
    rng = np.random.default_rng(11)
    fields = []
    for index in range(8):
        total = np.zeros((640, 640), np.float32)
        for octave in range(2, 9):
            coarse = rng.normal(0, 1, (2 ** octave + 1, 2 ** octave + 1)).astype(np.float32)
            total += cv2.resize(coarse, (640, 640), interpolation=cv2.INTER_CUBIC) * (0.45 + 0.06 * index) ** octave
        fields.append(np.clip(total / (2.5 * total.std()), -1, 1))
    return fields


def grain(rng: Random, height: int, width: int) -> np.ndarray:
    """(H, W) float32 unit normal noise."""
    bank = _grain_bank()
    y, x = rng.randrange(1024 - height + 1), rng.randrange(1024 - width + 1)
    return bank[y:y + height, x:x + width]


def clouds(rng: Random, height: int, width: int) -> np.ndarray:
    """(H, W) float32 smooth noise in −1…1."""
    field = rng.choice(_cloud_bank())
    y, x = rng.randrange(640 - height + 1), rng.randrange(640 - width + 1)
    return field[y:y + height, x:x + width]


def near(rng: Random, colour: Colour, spread: int = 12) -> Colour:
    return tuple(min(255, max(0, c + rng.randint(-spread, spread))) for c in colour)


def named(rng: Random, name: str) -> Colour:
    """A colour that people would still call `name`: brightness varies by a tenth, hue a little."""
    light = rng.uniform(0.9, 1.08) if name not in ('white', 'black') else 1.0
    return near(rng, tuple(min(255, int(c * light)) for c in COLOURS[name][1]), 9)


def distance(a: Colour, b: Colour) -> float:
    """Weighted RGB distance (the "redmean" approximation of perceived difference)."""
    mean = (a[0] + b[0]) / 2
    r, g, b_ = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    return math.sqrt((2 + mean / 256) * r * r + 4 * g * g + (2 + (255 - mean) / 256) * b_ * b_)


def pale(rng: Random) -> Colour:
    base = rng.randint(222, 255)
    return near(rng, (base, base, base), 10)


def dark(rng: Random) -> Colour:
    base = rng.randint(18, 60)
    return near(rng, (base, base, base), 14)


def any_ground(rng: Random) -> Colour:
    """A background colour: pale half of the time, otherwise dark or muted."""
    pick = rng.random()
    if pick < 0.55:
        return pale(rng)
    if pick < 0.7:
        return dark(rng)
    base = rng.randint(90, 210)
    return near(rng, (base, base, base), 35)


def ink_on(rng: Random, ground: Colour) -> Colour:
    """A text colour with enough contrast to `ground`."""
    bright = 0.299 * ground[0] + 0.587 * ground[1] + 0.114 * ground[2]
    if rng.random() < 0.6:
        return dark(rng) if bright > 120 else pale(rng)
    for _ in range(8):
        colour = tuple(rng.randrange(256) for _ in range(3))
        if abs(0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] - bright) > 105:
            return colour
    return (10, 10, 10) if bright > 120 else (250, 250, 250)


def ground(rng: Random, height: int, width: int, colour: Colour) -> np.ndarray:
    """A background around `colour`: plain, a gradient, or with a texture weak enough to read on."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = colour
    style = rng.random()
    if style < 0.4:
        return pixels
    if style < 0.65:
        other = near(rng, colour, 26)
        along = np.linspace(0, 1, width if rng.random() < 0.5 else height, dtype=np.float32)
        ramp = along[None, :, None] if len(along) == width else along[:, None, None]
        blend = np.array(colour, np.float32) * (1 - ramp) + np.array(other, np.float32) * ramp
        pixels[:] = blend
        return pixels
    shade = (clouds(rng, height, width) * rng.uniform(5, 20)).astype(np.int16)[:, :, None]
    return np.clip(pixels + shade, 0, 255).astype(np.uint8)


def wear(rng: Random, pixels: np.ndarray, strength: float = 1.0) -> np.ndarray:
    """Adds camera and file artefacts that leave every answer legible: light, blur, grain, JPEG. Keeps the geometry."""
    height, width = pixels.shape[:2]
    if rng.random() < 0.3 * strength:
        gain = rng.uniform(0.82, 1.12)
        pixels = cv2.convertScaleAbs(pixels, alpha=gain, beta=rng.uniform(-8, 8))
    if rng.random() < 0.15 * strength:
        pixels = cv2.GaussianBlur(pixels, (3, 3), rng.uniform(0.4, 0.8))
    if rng.random() < 0.4 * strength:
        noise = (grain(rng, height, width) * rng.uniform(1.5, 9)).astype(np.int16)[:, :, None]
        pixels = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.3 * strength:
        ok, data = cv2.imencode('.jpg', pixels, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(55, 95)])
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return pixels


def tilt(rng: Random, canvas: Canvas, degrees: float) -> None:
    """Rotates and slightly shrinks the whole drawing, marks included, like a hand-held photo."""
    angle, scale = rng.uniform(-degrees, degrees), rng.uniform(0.93, 1.0)
    matrix = cv2.getRotationMatrix2D((canvas.width / 2, canvas.height / 2), angle, scale)
    matrix[0, 1] += rng.uniform(-0.03, 0.03)
    edge = tuple(int(c) for c in canvas.pixels[0, 0])
    canvas.pixels = cv2.warpAffine(canvas.pixels, matrix, (canvas.width, canvas.height), flags=cv2.INTER_LINEAR,
                                   borderMode=cv2.BORDER_CONSTANT, borderValue=edge)
    canvas.marks = [Mark(m.image, *(matrix @ (m.x, m.y, 1)), m.name, share=m.share, order=m.order) for m in canvas.marks]
