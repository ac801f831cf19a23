"""Road signs at the roadside: their names, the number on them, and what they allow."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from scenes.canvas import Canvas, Colour
from scenes.fonts import pick_face
from scenes.scene import Question, Scene, both, look, same, spelled, yes_no
from scenes.surface import LARGE, MEDIUM, SMALL, any_ground, clouds, ground, near, wear
from scenes.words import SIGNS

RED, BLUE, WHITE, BLACK, YELLOW = (200, 30, 40), (25, 80, 170), (246, 246, 244), (25, 25, 28), (250, 200, 30)
Painter = Callable[['Sign'], None]


class Sign:
    """A sign under construction: unit coordinates (−1…1, y down) about its centre, slightly rotated like real signs."""

    def __init__(self, rng: Random, canvas: Canvas, x: float, y: float, radius: float, number: str = ''):
        self.rng, self.canvas, self.x, self.y, self.radius, self.number = rng, canvas, x, y, radius, number
        self.turn = math.radians(rng.uniform(-6, 6))
        self.squeeze = rng.uniform(0.88, 1.0)
        self.shade = rng.uniform(0.78, 1.05)
        self.style = 'bold'

    def at(self, x: float, y: float) -> tuple[float, float]:
        c, s = math.cos(self.turn), math.sin(self.turn)
        x *= self.squeeze
        return self.x + self.radius * (x * c - y * s), self.y + self.radius * (x * s + y * c)

    def tint(self, colour: Colour) -> Colour:
        return tuple(min(255, int(c * self.shade)) for c in colour)

    def polygon(self, points: list[tuple[float, float]], fill: Colour) -> None:
        self.canvas.polygon([self.at(*p) for p in points], self.tint(fill))

    def disc(self, radius: float, fill: Colour, x: float = 0, y: float = 0) -> None:
        self.polygon([(x + radius * math.cos(i * math.pi / 18), y + radius * math.sin(i * math.pi / 18)) for i in range(36)], fill)

    def ring(self, rim: Colour, inside: Colour, width: float = 0.2) -> None:
        self.disc(1, rim)
        self.disc(1 - width, inside)

    def bar(self, x0: float, y0: float, x1: float, y1: float, width: float, fill: Colour) -> None:
        length = math.hypot(x1 - x0, y1 - y0)
        nx, ny = -(y1 - y0) / length * width / 2, (x1 - x0) / length * width / 2
        self.polygon([(x0 + nx, y0 + ny), (x1 + nx, y1 + ny), (x1 - nx, y1 - ny), (x0 - nx, y0 - ny)], fill)

    def path(self, points: list[tuple[float, float]], width: float, fill: Colour) -> None:
        for (x0, y0), (x1, y1) in zip(points, points[1:]):
            self.bar(x0, y0, x1, y1, width, fill)
        for x, y in points[1:-1]:
            self.disc(width / 2, fill, x, y)

    def arrow(self, points: list[tuple[float, float]], width: float, fill: Colour) -> None:
        """Draws a path with an arrowhead at its end."""
        self.path(points, width, fill)
        (x0, y0), (x1, y1) = points[-2:]
        length = math.hypot(x1 - x0, y1 - y0)
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        head = width * 1.7
        self.polygon([(x1 + ux * head, y1 + uy * head), (x1 - uy * head, y1 + ux * head), (x1 + uy * head, y1 - ux * head)], fill)

    def write(self, text: str, size: float, colour: Colour, y: float = 0) -> None:
        x, middle = self.at(0, y)
        face = pick_face(self.rng, text, self.style)
        self.canvas.text(text, x, middle, face, max(9, round(size * self.radius)), self.tint(colour), 'mm',
                         angle=-math.degrees(self.turn) if abs(self.turn) > 0.04 else 0)


TURN_LEFT = [(0.28, 0.55), (0.28, -0.15), (-0.22, -0.15)]
TURN_RIGHT = [(-x, y) for x, y in TURN_LEFT]
U_TURN = [(0.3, 0.5), (0.3, -0.25), (0.15, -0.4), (-0.1, -0.4), (-0.25, -0.25), (-0.25, 0.15)]


def _speed(s: Sign) -> None:
    s.ring(RED, WHITE)
    s.write(s.number, 0.95 if len(s.number) < 3 else 0.72, BLACK)


def _end_speed(s: Sign) -> None:
    s.ring((110, 110, 112), WHITE, 0.08)
    s.write(s.number, 0.95 if len(s.number) < 3 else 0.72, (120, 120, 122))
    for shift in (-0.14, 0, 0.14):
        s.bar(-0.6 + shift, 0.6 + shift, 0.6 + shift, -0.6 + shift, 0.06, (60, 60, 62))


def _stop(s: Sign) -> None:
    def octagon(radius: float) -> list[tuple[float, float]]:
        return [(radius * math.cos((i + 0.5) * math.pi / 4), radius * math.sin((i + 0.5) * math.pi / 4)) for i in range(8)]
    s.polygon(octagon(1.05), WHITE)
    s.polygon(octagon(0.97), RED)
    s.write(s.rng.choice(('STOP', 'STOP', '停')), 0.6 if s.radius > 20 else 0.7, WHITE)


def _give_way(s: Sign) -> None:
    s.polygon([(-1, -0.75), (1, -0.75), (0, 1)], RED)
    s.polygon([(-0.62, -0.53), (0.62, -0.53), (0, 0.56)], WHITE)


def _no_entry(s: Sign) -> None:
    s.disc(1.05, WHITE)
    s.disc(1, RED)
    s.polygon([(-0.7, -0.17), (0.7, -0.17), (0.7, 0.17), (-0.7, 0.17)], WHITE)


def _forbidden(points: list[tuple[float, float]]) -> Painter:
    def paint(s: Sign) -> None:
        s.ring(RED, WHITE, 0.16)
        s.arrow(points, 0.17, BLACK)
        s.bar(-0.62, -0.62, 0.62, 0.62, 0.14, RED)
    return paint


def _ordered(points: list[tuple[float, float]]) -> Painter:
    def paint(s: Sign) -> None:
        s.disc(1.04, WHITE)
        s.disc(0.98, BLUE)
        s.arrow(points, 0.2, WHITE)
    return paint


def _roundabout(s: Sign) -> None:
    s.disc(1.04, WHITE)
    s.disc(0.98, BLUE)
    for third in range(3):
        angles = [math.radians(-90 + third * 120 - 12 * step) for step in range(7)]
        s.arrow([(0.55 * math.cos(a), 0.55 * math.sin(a)) for a in angles], 0.15, WHITE)


def _no_parking(s: Sign) -> None:
    s.ring(RED, BLUE, 0.16)
    s.bar(-0.62, -0.62, 0.62, 0.62, 0.15, RED)


def _no_stopping(s: Sign) -> None:
    _no_parking(s)
    s.bar(-0.62, 0.62, 0.62, -0.62, 0.15, RED)


def _plate(colour: Colour, half_height: float = 0.92) -> Painter:
    def paint(s: Sign) -> None:
        for size, fill in ((1, WHITE), (0.92, colour)):
            x, y = 0.92 * size, half_height * size
            s.polygon([(-x, -y), (x, -y), (x, y), (-x, y)], fill)
    return paint


def _parking(s: Sign) -> None:
    _plate(BLUE)(s)
    s.write('P', 1.4, WHITE)


def _hospital(s: Sign) -> None:
    _plate(BLUE)(s)
    s.write('H', 1.4, WHITE)


def _one_way(s: Sign) -> None:
    _plate(BLUE, 0.5)(s)
    s.arrow([(-0.6, 0), (0.3, 0)] if s.rng.random() < 0.5 else [(0.6, 0), (-0.3, 0)], 0.22, WHITE)


def _crossing(s: Sign) -> None:
    _plate(BLUE)(s)
    s.polygon([(0, -0.75), (0.78, 0.68), (-0.78, 0.68)], WHITE)
    s.disc(0.11, BLACK, 0.02, -0.28)
    s.path([(0.02, -0.2), (0, 0.15)], 0.17, BLACK)
    s.path([(0, 0.12), (-0.22, 0.5)], 0.1, BLACK)
    s.path([(0, 0.12), (0.2, 0.5)], 0.1, BLACK)
    for x in (-0.5, -0.2, 0.1, 0.4):
        s.polygon([(x, 0.55), (x + 0.14, 0.55), (x + 0.12, 0.64), (x - 0.02, 0.64)], BLACK)


def _priority(s: Sign) -> None:
    for size, fill in ((1.05, BLACK), (1, WHITE), (0.7, YELLOW)):
        s.polygon([(0, -size), (size, 0), (0, size), (-size, 0)], fill)


def _warning(s: Sign) -> None:
    yellow = s.rng.random() < 0.35
    s.polygon([(0, -1), (1.02, 0.78), (-1.02, 0.78)], BLACK if yellow else RED)
    s.polygon([(0, -0.6), (0.68, 0.58), (-0.68, 0.58)], YELLOW if yellow else WHITE)


def _danger(s: Sign) -> None:
    _warning(s)
    s.polygon([(-0.11, -0.3), (0.11, -0.3), (0.06, 0.22), (-0.06, 0.22)], BLACK)
    s.disc(0.1, BLACK, 0, 0.4)


def _lights(s: Sign) -> None:
    _warning(s)
    s.polygon([(-0.17, -0.3), (0.17, -0.3), (0.17, 0.52), (-0.17, 0.52)], BLACK)
    for y, colour in ((-0.16, (230, 40, 40)), (0.11, (250, 190, 30)), (0.38, (40, 170, 70))):
        s.disc(0.115, colour, 0, y)


def _crossroads(s: Sign) -> None:
    _warning(s)
    s.bar(0, -0.3, 0, 0.52, 0.18, BLACK)
    s.bar(-0.34, 0.2, 0.34, 0.2, 0.18, BLACK)


PAINTERS: dict[str, Painter] = {
    'speed': _speed, 'end speed': _end_speed, 'stop': _stop, 'give way': _give_way, 'no entry': _no_entry,
    'no left': _forbidden(TURN_LEFT), 'no right': _forbidden(TURN_RIGHT), 'no u-turn': _forbidden(U_TURN),
    'no vehicles': lambda s: s.ring(RED, WHITE), 'left only': _ordered(TURN_LEFT), 'right only': _ordered(TURN_RIGHT),
    'straight only': _ordered([(0, 0.6), (0, -0.3)]), 'roundabout': _roundabout, 'no parking': _no_parking,
    'no stopping': _no_stopping, 'parking': _parking, 'one way': _one_way, 'crossing': _crossing, 'priority': _priority,
    'danger': _danger, 'lights': _lights, 'crossroads': _crossroads, 'hospital': _hospital,
}

# Whether a sign allows an action; a question is asked only if the sign decides it.
ALLOWS = {
    'turn_left': {'no left': False, 'left only': True, 'right only': False, 'straight only': False},
    'turn_right': {'no right': False, 'right only': True, 'left only': False, 'straight only': False},
    'turn_round': {'no u-turn': False, 'right only': False, 'left only': False, 'straight only': False},
    'enter': {'no entry': False, 'no vehicles': False, 'parking': True},
    'park': {'no parking': False, 'no stopping': False, 'parking': True},
}


def name_of(sign: str, number: str, mark: int) -> dict[str, str]:
    """The name, with a look at the sign's mark."""
    english, chinese = SIGNS[sign]
    return both(f'{look(mark)}{english} {number}{look()}', f'{look(mark)}{chinese}{number}{look()}') if number else \
        both(look(mark) + english + look(), look(mark) + chinese + look())


def _roadside(rng: Random, height: int, width: int) -> np.ndarray:
    """A background: sky or wall above, road or grass below, both uneven."""
    top = rng.choice(((150, 190, 230), (205, 215, 225), (120, 150, 190), (190, 180, 165), (95, 120, 85), (60, 70, 95)))
    low = rng.choice(((95, 95, 98), (90, 120, 70), (130, 120, 105), (60, 62, 66)))
    pixels = np.empty((height, width, 3), np.uint8)
    horizon = int(height * rng.uniform(0.55, 0.95))
    pixels[:horizon], pixels[horizon:] = near(rng, top, 25), near(rng, low, 20)
    shade = (clouds(rng, height, width) * rng.uniform(8, 45)).astype(np.int16)[:, :, None]
    pixels = np.clip(pixels + shade, 0, 255).astype(np.uint8)
    for _ in range(rng.randint(0, 4)):
        x, w = rng.randrange(width), rng.randint(8, width // 3)
        h = rng.randint(10, max(11, horizon * 2 // 3))
        cv2.rectangle(pixels, (x, horizon - h), (x + w, horizon), near(rng, (130, 125, 120), 50), -1)
    return cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.5, 2))


@dataclass
class Picked:
    """A drawn sign: its mark, its name and the number on it (both with looks)."""

    sign: str
    mark: int
    name: dict[str, str]
    number: str


def plain_scene(rng: Random) -> Scene:
    """Signs in drawing style, for training only: on a plain or gradient background, upright, in any face, with or without
    a post."""
    return signs_scene(rng, plain=True)


def signs_scene(rng: Random, plain: bool = False) -> Scene:
    height, width = rng.choice(SMALL + MEDIUM + LARGE[:3])
    canvas = Canvas(ground(rng, height, width, any_ground(rng)) if plain else _roadside(rng, height, width))
    amount = 2 if rng.random() < 0.3 and max(height, width) >= 192 else 1
    side_by_side = width >= height
    picked = []
    for place, sign in enumerate(rng.sample(list(SIGNS), amount)):
        cell_w, cell_h = (width / amount, height) if side_by_side else (width, height / amount)
        radius = rng.uniform(0.2 if amount == 1 else 0.28, 0.44) * min(cell_w, cell_h)
        radius = max(radius, 22)
        x = (place * cell_w if side_by_side else 0) + rng.uniform(radius + 3, max(radius + 4, cell_w - radius - 3))
        y = (0 if side_by_side else place * cell_h) + rng.uniform(radius + 3, max(radius + 4, cell_h - radius - 3))
        number = str(rng.choice((5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 80, 90, 100, 110, 120, 130))) \
            if 'speed' in sign else ''
        if not plain or rng.random() < 0.5:
            canvas.line([(x, y), (x + rng.uniform(-2, 2), height)], near(rng, (130, 132, 136), 20), max(2, radius * 0.1))
        digits = canvas.next_mark
        painter = Sign(rng, canvas, x, y, radius, number)
        if plain:
            painter.turn, painter.squeeze, painter.style = rng.choice((0, 0, painter.turn)), rng.choice((1, 1, painter.squeeze)), 'any'
        PAINTERS[sign](painter)
        edge = [(x + radius * math.cos(math.pi * i / 10), y + radius * math.sin(math.pi * i / 10)) for i in range(20)]
        canvas.mark(f'sign:{sign}', x, y, edge)
        mark = canvas.next_mark - 1
        shown = spelled(number, digits)
        picked.append(Picked(sign, mark, name_of(sign, shown if sign == 'speed' else '', mark), shown))
    return Scene('signs', [wear(rng, canvas.pixels, 0.3 if plain else 1)], _questions(picked, side_by_side), canvas.marks)


def _questions(picked: list[Picked], side_by_side: bool) -> list[Question]:
    if len(picked) == 2:
        first, second = (each.name for each in picked)
        ends = ('sign_left', 'sign_right') if side_by_side else ('sign_top', 'sign_bottom')
        described = both(f'Two road signs: {first["en"]} and {second["en"]}.', f'两个交通标志：{first["zh"]}和{second["zh"]}。')
        questions = [Question(ends[0], first, weight=2), Question(ends[1], second, weight=2),
                     Question('describe', described, weight=1.5), Question('sign_count', same('2'))]
    else:
        sign, name = picked[0].sign, picked[0].name
        described = both(f'A road sign: {name["en"]}.', f'一个交通标志：{name["zh"]}。')
        questions = [Question('which_sign', name, weight=3), Question('describe', described), Question('sign_count', same('1'), weight=0.3)]
        for action, verdicts in ALLOWS.items():
            if sign in verdicts:
                verdict = {lang: look(picked[0].mark) + text for lang, text in yes_no(verdicts[sign]).items()}
                questions.append(Question(action, verdict, weight=1.5))
    limits = [each for each in picked if each.sign == 'speed']
    if len(limits) == 1:
        questions.append(Question('speed_limit', same(limits[0].number), weight=3))
    return questions
