"""A picture under construction: anti-aliased polygons, lines, discs and text, and marks of their positions."""

import math

import cv2
import numpy as np

from scenes.fonts import Line, set_line
from scenes.scene import Mark

Colour = tuple[int, int, int]  # RGB
FRACTION_BITS = 4  # OpenCV takes sub-pixel coordinates as fixed-point integers
ONE = 1 << FRACTION_BITS


class Canvas:
    """pixels (H, W, 3) uint8 RGB, drawn in place: picture `index` of its scene, after `marks_before` marks."""

    def __init__(self, pixels: np.ndarray, index: int = 0, marks_before: int = 0):
        self.pixels = np.ascontiguousarray(pixels)
        self.height, self.width = pixels.shape[:2]
        self.index, self.marks_before = index, marks_before
        self.marks: list[Mark] = []

    @property
    def next_mark(self) -> int:
        """The number of the next mark in the scene."""
        return self.marks_before + len(self.marks)

    def mark(self, name: str, x: float, y: float, outline: list[tuple[float, float]] | None = None, share: float | None = None,
             order: int | None = None) -> None:
        self.marks.append(Mark(self.index, x, y, name, outline, share, order))

    def polygon(self, points: list[tuple[float, float]], fill: Colour) -> None:
        fixed = np.round((np.asarray(points) - 0.5) * ONE).astype(np.int32)
        cv2.fillPoly(self.pixels, [fixed], fill, cv2.LINE_AA, FRACTION_BITS)

    def line(self, points: list[tuple[float, float]], colour: Colour, width: float = 1, closed: bool = False) -> None:
        fixed = np.round((np.asarray(points) - 0.5) * ONE).astype(np.int32)
        cv2.polylines(self.pixels, [fixed], closed, colour, max(1, round(width)), cv2.LINE_AA, FRACTION_BITS)

    def disc(self, x: float, y: float, radius: float, fill: Colour) -> None:
        centre = (round((x - 0.5) * ONE), round((y - 0.5) * ONE))
        cv2.circle(self.pixels, centre, max(1, round(radius * ONE)), fill, -1, cv2.LINE_AA, FRACTION_BITS)

    def arc(self, x: float, y: float, radius: float, start: float, end: float, colour: Colour, width: float) -> None:
        """Draws an arc from angle `start` to `end` in degrees, clockwise from 3 o'clock."""
        steps = max(2, int(abs(end - start) / 6))
        angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
        self.line([(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles], colour, width)

    def box(self, x0: float, y0: float, x1: float, y1: float, fill: Colour) -> None:
        cv2.rectangle(self.pixels, (round(x0), round(y0)), (round(x1) - 1, round(y1) - 1), fill, -1)

    def frame(self, x0: float, y0: float, x1: float, y1: float, colour: Colour, width: int = 1) -> None:
        cv2.rectangle(self.pixels, (round(x0), round(y0)), (round(x1) - 1, round(y1) - 1), colour, width)

    def blend(self, alpha: np.ndarray, x: int, y: int, colour: Colour) -> None:
        """Paints `colour` through alpha (h, w) uint8 with its top left corner at (x, y); clips it at the edges."""
        h, w = alpha.shape
        x0, y0, x1, y1 = max(0, x), max(0, y), min(self.width, x + w), min(self.height, y + h)
        if x1 <= x0 or y1 <= y0:
            return
        part = alpha[y0 - y:y1 - y, x0 - x:x1 - x, None].astype(np.int16)
        region = self.pixels[y0:y1, x0:x1]
        region += ((np.array(colour, np.int16) - region) * part.astype(np.int32) // 255).astype(np.int16).astype(np.uint8)

    def text(self, text: str, x: float, y: float, face: str, size: int, colour: Colour, anchor: str = 'lb',
             spacing: float = 0.0, angle: float = 0.0, share: float | None = None) -> tuple[float, float, float, float]:
        """Draws one line and returns its ink box (x0, y0, x1, y1).

        anchor: first letter l, m, r (left, middle, right), second t, m, b (top, middle, baseline). angle: degrees,
        counterclockwise about the middle of the line. share: the text's position on a scale.
        """
        line = set_line(text, face, size, spacing)
        h, w = line.alpha.shape
        left = x - {'l': 0, 'm': w / 2, 'r': w}[anchor[0]]
        top = y - {'t': 0, 'm': h / 2, 'b': line.ascent}[anchor[1]]
        if angle:
            return self._turned(line, left + w / 2, top + h / 2, angle, colour)
        left, top = round(left), round(top)
        self.blend(line.alpha, left, top, colour)
        for (character, cx, cy), order in zip(line.centres, line.orders):
            self.mark(character, left + cx, top + cy, share=share, order=order)
        return left, top, left + w, top + h

    def _turned(self, line: Line, cx: float, cy: float, angle: float, colour: Colour) -> tuple[float, float, float, float]:
        h, w = line.alpha.shape
        c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        span_x, span_y = abs(w * c) + abs(h * s) + 2, abs(w * s) + abs(h * c) + 2
        matrix = np.array([[c, s, span_x / 2 - c * w / 2 - s * h / 2], [-s, c, span_y / 2 + s * w / 2 - c * h / 2]])
        turned = cv2.warpAffine(line.alpha, matrix, (math.ceil(span_x), math.ceil(span_y)), flags=cv2.INTER_LINEAR)
        left, top = round(cx - span_x / 2), round(cy - span_y / 2)
        self.blend(turned, left, top, colour)
        for (character, x, y), order in zip(line.centres, line.orders):
            self.mark(character, left + matrix[0] @ (x, y, 1), top + matrix[1] @ (x, y, 1), order=order)
        return left, top, left + turned.shape[1], top + turned.shape[0]
