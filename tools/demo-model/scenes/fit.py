"""Pictures as the model is given them: those over a limit are scaled down as its processor does it, and their marks with them."""

import math
from dataclasses import replace

import numpy as np
from PIL import Image

from scenes.scene import Scene

SIDE = 32  # px of a merged token


def fitted(height: int, width: int, most: int) -> tuple[int, int]:
    """Both sides as multiples of SIDE, at most `most` px in all (smart_resize of transformers' Qwen2-VL processor; its lower limit is
    never met here)."""
    if height * width <= most:
        return height, width
    shrink = math.sqrt(height * width / most)
    return max(SIDE, math.floor(height / shrink / SIDE) * SIDE), max(SIDE, math.floor(width / shrink / SIDE) * SIDE)


def fit(scene: Scene, most: int) -> Scene:
    """The scene with stills of at most `most` px; clips stay as they are, their limit is another."""
    if scene.seconds is not None:
        return scene
    sizes = [(image.shape[:2], fitted(*image.shape[:2], most)) for image in scene.images]
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
