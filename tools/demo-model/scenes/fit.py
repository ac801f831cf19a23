"""Scales pictures beyond a limit as the model's processor does, and their marks with them."""

import math
from dataclasses import replace

import numpy as np
from PIL import Image

from scenes.scene import Scene

SIDE = 32  # px of a merged token


def fitted(height: int, width: int, least: int, most: int) -> tuple[int, int]:
    """Both sides as multiples of SIDE, `least` to `most` px in total (smart_resize of transformers' Qwen2-VL processor,
    for sides that are such multiples; as there, a picture scaled up to `least` may exceed `most`)."""
    area = height * width
    if area > most:
        shrink = math.sqrt(area / most)
        return max(SIDE, math.floor(height / shrink / SIDE) * SIDE), max(SIDE, math.floor(width / shrink / SIDE) * SIDE)
    if area < least:
        grow = math.sqrt(least / area)
        return math.ceil(height * grow / SIDE) * SIDE, math.ceil(width * grow / SIDE) * SIDE
    return height, width


def fit(scene: Scene, least: int, most: int) -> Scene:
    """The scene with stills of `least` to `most` px; clips have other limits and stay unchanged."""
    if scene.seconds is not None:
        return scene
    sizes = [(image.shape[:2], fitted(*image.shape[:2], least, most)) for image in scene.images]
    if all(old == new for old, new in sizes):
        return scene
    images = [image if old == new else np.asarray(Image.fromarray(image).resize((new[1], new[0]), Image.Resampling.BICUBIC))
              for image, (old, new) in zip(scene.images, sizes)]
    factors = [(new[1] / old[1], new[0] / old[0]) for old, new in sizes]
    marks = []
    for mark in scene.marks:
        x, y = factors[mark.image]
        marks.append(replace(mark, x=mark.x * x, y=mark.y * y, outline=mark.outline and [(a * x, b * y) for a, b in mark.outline]))
    return replace(scene, images=images, marks=marks)
