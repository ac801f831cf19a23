"""Analogue gauges: a dial with numbers and a unit, a needle, often a red mark."""

import math
from dataclasses import dataclass
from random import Random

from scenes.canvas import Canvas
from scenes.fonts import pick_face
from scenes.scene import GAUGE, Question, Scene, both, look, same, spelled, yes_no
from scenes.surface import any_ground, dark, ground, near, pale, tilt, wear
from scenes.words import QUANTITIES


@dataclass(frozen=True)
class Dial:
    quantity: str
    unit: str
    low: int
    high: int
    major: int  # value between two numbers on the dial


DIALS = [
    Dial('pressure', 'bar', 0, 10, 1), Dial('pressure', 'bar', 0, 6, 1), Dial('pressure', 'bar', 0, 16, 2),
    Dial('pressure', 'kPa', 0, 100, 20), Dial('pressure', 'kPa', 0, 400, 50), Dial('pressure', 'MPa', 0, 4, 1),
    Dial('pressure', 'psi', 0, 160, 20), Dial('temperature', '°C', 0, 100, 10), Dial('temperature', '°C', 0, 120, 20),
    Dial('temperature', '°C', -20, 50, 10), Dial('temperature', '°C', -40, 40, 20), Dial('temperature', '°F', 0, 200, 20),
    Dial('speed', 'km/h', 0, 160, 20), Dial('speed', 'km/h', 0, 240, 40), Dial('speed', 'mph', 0, 120, 20),
    Dial('voltage', 'V', 0, 12, 2), Dial('voltage', 'V', 0, 300, 50), Dial('voltage', 'V', 0, 50, 10),
    Dial('current', 'A', 0, 5, 1), Dial('current', 'A', 0, 30, 5), Dial('humidity', '%', 0, 100, 10),
    Dial('fuel', '%', 0, 100, 25), Dial('weight', 'kg', 0, 20, 5), Dial('weight', 'kg', 0, 120, 20),
    Dial('rotation', 'rpm', 0, 8000, 1000), Dial('rotation', 'rpm', 0, 3000, 500),
]


# Start and extent of a scale, in degrees, clockwise from 3 o'clock.
COMMON, LESS_COMMON = (135, 270), ((150, 240), (180, 180), (120, 300))
NEEDLE = (0.25, 0.4, 0.55, 0.7, 0.85, 1.0)  # shares of the needle's length at which it has marks


def format_value(value: float, step: float) -> str:
    """The value with the number of decimals of `step`."""
    decimals = 0 if step >= 1 else 1 if step >= 0.1 else 2
    return f'{value:.{decimals}f}'


@dataclass(frozen=True)
class Shown:
    """The readable parts of a dial: looks at the needle and at the beginning of the red zone, and texts with looks. The
    value is read from the needle and the number that it has passed."""

    above: str
    value: str
    unit: str
    low: str
    high: str


def gauges_scene(rng: Random, scales: tuple[tuple[int, int], ...] = (COMMON, COMMON, *LESS_COMMON), bare: bool = False) -> Scene:
    height, width = rng.choice([(160, 160), (192, 192), (192, 192), (224, 224), (256, 256), (192, 256), (256, 192)])
    behind = (pale if rng.random() < 0.7 else dark)(rng) if bare else any_ground(rng)
    canvas = Canvas(ground(rng, height, width, behind))
    dial = rng.choice(DIALS)
    span = dial.high - dial.low
    step = dial.major / 10
    ticks = rng.choice((5, 10)) if span / dial.major <= 8 else 5
    position = rng.randint(0, round(span / step))
    value = dial.low + position * step
    start, sweep = rng.choice(scales)
    radius = min(height, width) * rng.uniform(0.4, 0.47)
    cx, cy = width / 2 + rng.uniform(-1, 1) * (width / 2 - radius - 2), height / 2 + rng.uniform(-1, 1) * (height / 2 - radius - 2)

    def angle(reading: float) -> float:
        return math.radians(start + sweep * (reading - dial.low) / span)

    def on(reading: float, r: float) -> tuple[float, float]:
        return cx + r * radius * math.cos(angle(reading)), cy + r * radius * math.sin(angle(reading))

    face_colour = behind if bare else pale(rng) if rng.random() < 0.75 else dark(rng)
    ink = dark(rng) if sum(face_colour) > 380 else pale(rng)
    outside = bare and rng.random() < 0.7  # numbers outside the scale
    if bare:
        radius *= rng.uniform(0.72, 0.8) if outside else 1
        if rng.random() < 0.7:
            canvas.arc(cx, cy, radius * 0.95, start, start + sweep, near(rng, (140, 160, 165), 50), radius * rng.uniform(0.02, 0.12))
    else:
        canvas.disc(cx, cy, radius, near(rng, rng.choice(((60, 62, 66), (170, 172, 176), (30, 30, 32), (150, 120, 60))), 15))
        canvas.disc(cx, cy, radius * 0.94, face_colour)
    threshold, red = None, canvas.next_mark
    if rng.random() < 0.6:
        threshold = dial.low + span * rng.uniform(0.5, 0.92)
        limit = (threshold - dial.low) / span
        canvas.mark(f'level:{round(16 * limit)}', *on(threshold, 0.86), share=limit)
        canvas.arc(cx, cy, radius * (0.95 if bare else 0.86), math.degrees(angle(threshold)), start + sweep, (215, 35, 40), radius * 0.09)
    for i in range(round(span / dial.major) * ticks + 1):
        reading = dial.low + i * dial.major / ticks
        big = i % ticks == 0
        canvas.line([on(reading, 0.9), on(reading, 0.77 if big else 0.84)], ink, 2 if big and radius > 80 else 1)
    face = pick_face(rng, '', rng.choice(('sans', 'bold', 'sans')))
    numbers: list[int] = []  # the first mark of each number
    size = max(9, round(radius * rng.uniform(0.15, 0.18)))
    for i in range(round(span / dial.major) + 1):
        reading = dial.low + i * dial.major
        x, y = on(reading, 1.2 if outside else 0.6)
        numbers.append(canvas.next_mark)
        canvas.text(str(reading), x, y, face, size - (1 if len(str(reading)) > 3 else 0), ink, 'mm', share=i * dial.major / span)
    unit = spelled(dial.unit, canvas.next_mark)
    canvas.text(dial.unit, cx, cy + radius * (0.34 if sweep > 200 else 0.25), face, round(size * 1.15), ink, 'mm')
    needle = rng.choice(((200, 30, 35), ink, ink, (235, 110, 20)))
    tip, side = on(value, rng.uniform(0.72, 0.82)), angle(value) + math.pi / 2
    half = max(1.5, radius * 0.03)
    dx, dy = half * math.cos(side), half * math.sin(side)
    tail = on(value, -0.14)
    canvas.polygon([tip, (cx + dx, cy + dy), tail, (cx - dx, cy - dy)], needle)
    canvas.disc(cx, cy, radius * 0.07, ink)
    points_to = f'needle:{int(math.degrees(angle(value)) % 360 / 360 * 60)}'
    at_needle = canvas.next_mark + (len(NEEDLE) - 1) // 2  # the middle of NEEDLE, where values are estimated best
    for along in NEEDLE:
        canvas.mark(points_to, cx + along * (tip[0] - cx), cy + along * (tip[1] - cy), share=(value - dial.low) / span)
    if rng.random() < 0.3:
        tilt(rng, canvas, 4)
    # Each digit of the value looks at a digit of the number that the needle has passed.
    passed = position // 10
    last = len(str(dial.low + passed * dial.major)) - 1
    written = ''.join(look(at_needle, numbers[passed] + min(i, last)) + c for i, c in enumerate(format_value(value, step)))
    shown = Shown(look(at_needle, red), written, unit, spelled(str(dial.low), numbers[0]), spelled(str(dial.high), numbers[-1]))
    return Scene('gauges', [wear(rng, canvas.pixels)], _questions(dial, value, threshold, shown), canvas.marks)


def uncommon_scene(rng: Random) -> Scene:
    """A gauge with an uncommon scale, for training only: these are learned last, half circles last of all."""
    return gauges_scene(rng, (*LESS_COMMON, (180, 180)))


def bare_scene(rng: Random) -> Scene:
    """A gauge in dashboard style, for training only: without a case, mostly with the numbers outside the scale."""
    return gauges_scene(rng, bare=True)


def _questions(dial: Dial, value: float, threshold: float | None, shown: Shown) -> list[Question]:
    span = dial.high - dial.low
    reading = f'{shown.value}{look()} {shown.unit}'
    quantity = QUANTITIES[dial.quantity]
    described = both(f'A {dial.quantity} gauge from {shown.low} to {shown.high} {shown.unit}; it shows {reading}.',
                     f'一个{quantity}表，量程{shown.low}到{shown.high} {shown.unit}，读数为{reading}。')
    questions = [Question('gauge_read', same(reading), metric=GAUGE, scale=span, weight=4),
                 Question('describe', described, weight=1, metric=GAUGE, scale=span),
                 Question('gauge_range', both(f'{shown.low} to {shown.high} {shown.unit}', f'{shown.low}到{shown.high} {shown.unit}'), weight=0.7),
                 Question('gauge_kind', both(dial.quantity, quantity), weight=0.4)]
    if threshold is not None and abs(value - threshold) > 0.035 * span:
        questions.append(Question('gauge_red', {k: shown.above + v for k, v in yes_no(value > threshold).items()}, weight=1))
    return questions
