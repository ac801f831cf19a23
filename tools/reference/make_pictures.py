"""Draws pictures/*.png: gradients, shapes and text-like detail in awkward sizes. `python make_pictures.py`."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

PICTURES = Path(__file__).parent / "pictures"
CLIP_FRAMES = 5


def gradient(width: int, height: int, corners: list[tuple[int, int, int]]) -> np.ndarray:
    """Bilinear colour gradient (height, width, 3) between the four corners: tl, tr, bl, br."""
    x = np.linspace(0, 1, width)[None, :, None]
    y = np.linspace(0, 1, height)[:, None, None]
    tl, tr, bl, br = (np.array(c, dtype=float) for c in corners)
    return tl * (1 - x) * (1 - y) + tr * x * (1 - y) + bl * (1 - x) * y + br * x * y


def text_like(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], random: np.random.Generator) -> None:
    """Draws rows of one-pixel strokes, as dense as small print."""
    left, top, right, bottom = box
    for row in range(top, bottom - 7, 9):
        x = left
        while x < right - 6:
            for _ in range(int(random.integers(2, 4))):
                ends = [(x + int(random.integers(0, 6)), row + int(random.integers(0, 7))) for _ in range(2)]
                draw.line(ends, fill=(15, 15, 20), width=1)
            x += 7 if random.random() < 0.8 else 13


def scene(width: int, height: int, seed: int) -> Image.Image:
    random = np.random.default_rng(seed)
    corners = [tuple(int(v) for v in random.integers(0, 256, 3)) for _ in range(4)]
    image = Image.fromarray(gradient(width, height, corners).round().astype(np.uint8), "RGB")
    draw = ImageDraw.Draw(image)
    for kind in ("ellipse", "rectangle", "polygon", "ellipse", "rectangle"):
        x0, y0 = int(random.integers(0, width * 3 // 4)), int(random.integers(0, height * 3 // 4))
        x1 = x0 + int(random.integers(width // 8 + 2, width // 2))
        y1 = y0 + int(random.integers(height // 8 + 2, height // 2))
        colour = tuple(int(v) for v in random.integers(0, 256, 3))
        if kind == "polygon":
            draw.polygon([(x0, y1), ((x0 + x1) // 2, y0), (x1, y1)], fill=colour, outline=(255, 255, 255))
        else:
            getattr(draw, kind)([x0, y0, x1, y1], fill=colour, outline=(0, 0, 0))
    paper = (width // 10, height // 2, width * 6 // 10, height * 9 // 10)
    draw.rectangle(paper, fill=(245, 243, 235))
    text_like(draw, paper, random)
    # A checkerboard of single pixels is a hard case for a resampler.
    pixels = np.array(image)
    size = min(24, width // 3, height // 3)
    board = ((np.indices((size, size)).sum(axis=0) % 2) * 255).astype(np.uint8)
    pixels[:size, -size:] = board[..., None]
    return Image.fromarray(pixels, "RGB")


def transparent(width: int, height: int, seed: int) -> Image.Image:
    """Colour that fades out to full transparency from left to right, with half-transparent holes."""
    image = scene(width, height, seed).convert("RGBA")
    alpha = np.tile(np.linspace(255, 0, width), (height, 1))
    alpha[height // 4 : height // 2, width // 4 : width // 2] = 128
    pixels = np.array(image)
    pixels[..., 3] = alpha.round().astype(np.uint8)
    return Image.fromarray(pixels, "RGBA")


def frame(width: int, height: int, step: int) -> Image.Image:
    """A ball that crosses a fixed scene."""
    image = scene(width, height, seed=50)
    draw = ImageDraw.Draw(image)
    x, y = 8 + step * 29, 12 + step * step * 5
    draw.ellipse([x, y, x + 24, y + 24], fill=(250, 220, 30), outline=(0, 0, 0))
    return image


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    pictures = {
        "odd": scene(213, 157, seed=1),
        "wide": scene(331, 190, seed=2),
        "second": scene(129, 97, seed=3),
        "tall": scene(61, 488, seed=4),
        "alpha": transparent(90, 70, seed=5),
        "large": scene(700, 500, seed=6),
    }
    pictures |= {f"clip-{step}": frame(150, 110, step) for step in range(CLIP_FRAMES)}
    for name, picture in pictures.items():
        picture.save(PICTURES / f"{name}.png", optimize=True)
    # The pixels are stored upright; EXIF orientation 6 rotates them by a quarter turn clockwise.
    exif = Image.Exif()
    exif[0x0112] = 6
    scene(160, 96, seed=7).save(PICTURES / "turned.png", optimize=True, exif=exif)


if __name__ == "__main__":
    main()
