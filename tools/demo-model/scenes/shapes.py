"""Coloured shapes on a background: counting, colours, places, relations, a full sentence, and boxes."""

import json
import math
from dataclasses import dataclass
from random import Random

import numpy as np

from scenes.canvas import Canvas, Colour
from scenes.scene import BOXES, SIDES, Question, Scene, both, look, same, slots, yes_no
from scenes.surface import LARGE, MEDIUM, SMALL, any_ground, distance, ground, named, near, wear
from scenes.words import COLOURS, PLACES, SHAPES

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """A drawn shape: centre and radius of its circumscribed circle in px, rotation in degrees."""

    kind: str
    colour: str
    x: float
    y: float
    radius: float
    turn: float = 0.0

    @property
    def english(self) -> str:
        return f'{self.colour} {self.kind}'

    @property
    def chinese(self) -> str:
        return COLOURS[self.colour][0] + SHAPES[self.kind]

    def name(self) -> dict[str, str]:
        return both(self.english, self.chinese)


def article(words: str) -> str:
    return f'an {words}' if words[0] in 'aeio' else f'a {words}'


def outline(shape: Shape) -> list[Point]:
    """The polygon of a shape (a circle has 40 corners), rotated about its centre."""
    r = shape.radius
    if shape.kind in ('circle', 'ring'):
        local = [(r * math.cos(a * math.pi / 20), r * math.sin(a * math.pi / 20)) for a in range(40)]
    elif shape.kind == 'square':
        local = [(-0.8 * r, -0.8 * r), (0.8 * r, -0.8 * r), (0.8 * r, 0.8 * r), (-0.8 * r, 0.8 * r)]
    elif shape.kind == 'triangle':
        local = [(0, -r), (0.87 * r, 0.6 * r), (-0.87 * r, 0.6 * r)]
    elif shape.kind == 'star':
        local = [(r * k * math.sin(i * math.pi / 5), -r * k * math.cos(i * math.pi / 5))
                 for i in range(10) for k in [1 if i % 2 == 0 else 0.45]]
    elif shape.kind == 'heart':
        steps = [2 * math.pi * i / 36 for i in range(36)]
        local = [(r * math.sin(t) ** 3, -r * (0.81 * math.cos(t) - 0.31 * math.cos(2 * t) - 0.125 * math.cos(3 * t)
                  - 0.06 * math.cos(4 * t))) for t in steps]
    elif shape.kind == 'hexagon':
        local = [(r * math.cos(i * math.pi / 3), r * math.sin(i * math.pi / 3)) for i in range(6)]
    elif shape.kind == 'cross':
        a, b = r * 0.95, r * 0.32
        local = [(-b, -a), (b, -a), (b, -b), (a, -b), (a, b), (b, b), (b, a), (-b, a), (-b, b), (-a, b), (-a, -b), (-b, -b)]
    else:  # diamond: taller than wide, to differ from a rotated square
        local = [(0, -r), (0.6 * r, 0), (0, r), (-0.6 * r, 0)]
    c, s = math.cos(math.radians(shape.turn)), math.sin(math.radians(shape.turn))
    return [(shape.x + x * c - y * s, shape.y + x * s + y * c) for x, y in local]


def draw(canvas: Canvas, shape: Shape, fill: Colour, edge: Colour | None, behind: Colour) -> None:
    points = outline(shape)
    canvas.polygon(points, fill)
    if shape.kind == 'ring':
        canvas.disc(shape.x, shape.y, shape.radius * 0.55, behind)
    if edge is not None:
        canvas.line(points, edge, max(1, shape.radius * 0.08), closed=True)
    canvas.mark(f'shape:{shape.english}', shape.x, shape.y, points)


def box_of(shape: Shape, width: int, height: int) -> list[int]:
    """[x0, y0, x1, y1] in thousandths of the picture."""
    xs, ys = zip(*outline(shape))
    return [max(0, min(1000, round(1000 * v / side)))
            for v, side in ((min(xs), width), (min(ys), height), (max(xs), width), (max(ys), height))]


def place_of(x: float, y: float, width: int, height: int) -> str | None:
    """The place in a 3×3 raster; None near its borders, where people would disagree."""
    def third(value: float) -> int | None:
        return 0 if value < 0.34 else 1 if 0.41 < value < 0.59 else 2 if value > 0.66 else None
    column, row = third(x / width), third(y / height)
    return None if column is None or row is None else list(PLACES)[row * 3 + column]


def scatter(rng: Random, count: int, height: int, width: int, behind: Colour) -> list[Shape]:
    """Up to `count` separate shapes in colours that stand out from `behind`; of few kinds, so that some repeat."""
    kinds = rng.sample(list(SHAPES), rng.randint(2, len(SHAPES)))
    colours = [c for c in COLOURS if distance(COLOURS[c][1], behind) > 185]
    colours = rng.sample(colours, min(len(colours), rng.randint(2, 8)))
    shapes: list[Shape] = []
    side = min(height, width)
    for _ in range(count * 12):
        radius = max(10.0, rng.uniform(0.07, 0.30 if count < 3 else 0.2 if count < 6 else 0.14) * side)
        if 2 * radius + 6 > side:
            continue
        x, y = rng.uniform(radius + 2, width - radius - 2), rng.uniform(radius + 2, height - radius - 2)
        if all(math.hypot(x - s.x, y - s.y) > (radius + s.radius) * 1.08 for s in shapes):
            turn = rng.uniform(-14, 14) if rng.random() < 0.4 else 0.0
            shapes.append(Shape(rng.choice(kinds), rng.choice(colours), x, y, radius, turn))
        if len(shapes) == count:
            break
    return sorted(shapes, key=lambda s: s.x)


def unique(shapes: list[Shape]) -> list[tuple[Shape, dict[str, str]]]:
    """(shape, words that mean only this shape): its kind alone if that is unique, or its colour and kind."""
    found = []
    for shape in shapes:
        if sum(s.kind == shape.kind for s in shapes) == 1:
            found.append((shape, both(shape.kind, SHAPES[shape.kind])))
        if sum((s.kind, s.colour) == (shape.kind, shape.colour) for s in shapes) == 1:
            found.append((shape, shape.name()))
    return found


def describe(shapes: list[Shape]) -> dict[str, str]:
    """The sentence about all shapes, named from left to right."""
    english = [look(i) + article(s.english) + look() for i, s in enumerate(shapes)]
    chinese = '、'.join(look(i) + s.chinese + look() for i, s in enumerate(shapes))
    words = english[0] if len(english) == 1 else f'{", ".join(english[:-1])} and {english[-1]}'
    amount = 'is one shape' if len(shapes) == 1 else f'are {len(shapes)} shapes'
    return both(f'There {amount}: {words}.', f'图中有{len(shapes)}个图形：{chinese}。')


def as_boxes(found: list[Shape], shapes: list[Shape], width: int, height: int, lang: str) -> str:
    """JSON of the found shapes; `shapes` are all shapes of the scene."""
    items = []
    for shape in found:
        mark = shapes.index(shape)
        edges = [look(mark, side=side) + str(value) for side, value in zip(SIDES[1:], box_of(shape, width, height))]
        label = json.dumps(shape.name()[lang], ensure_ascii=False)
        items.append(f'{look(mark)}{{"bbox_2d":[{",".join(edges)}{look(mark)}],"label":{label}}}')
    return f'[{",".join(items)}{look()}]'


def read_off(answer: dict[str, str], which: list[Shape], shapes: list[Shape]) -> dict[str, str]:
    """The answer, with a look at some of the scene's shapes."""
    return {lang: look(*(shapes.index(s) for s in which)) + text for lang, text in answer.items()}


def named_by(shapes: list[Shape], **slots_of: list[Shape]) -> dict[str, tuple[int, ...]]:
    """Question.named: the scene's shapes that the words of each slot mean."""
    return {slot: tuple(shapes.index(s) for s in meant) for slot, meant in slots_of.items()}


# The first thing's position relative to the second. The answer states it before the yes or no that follows from it:
# otherwise a single word would have to find both the side asked for and the actual side, and compare them.
RELATIVE = {'left_of': both('On the left', '在左边'), 'right_of': both('On the right', '在右边'),
            'above': both('Above', '在上面'), 'below': both('Below', '在下面')}
SO = {True: both('so yes.', '是的。'), False: both('so no.', '不是。')}


def _relations(rng: Random, shapes: list[Shape], height: int, width: int) -> list[Question]:
    names = unique(shapes)
    questions = []
    for _ in range(4 if len(names) > 1 else 0):
        (a, name_a), (b, name_b) = rng.sample(names, 2)
        if a is b:
            continue
        across = rng.random() < 0.5
        gap = (a.x - b.x) / width if across else (a.y - b.y) / height
        if abs(gap) < 0.1:
            continue
        before = rng.random() < 0.5
        sides = ('left_of', 'right_of') if across else ('above', 'below')
        kind, true = sides[not before], sides[gap > 0]
        answer = {lang: f'{side}{look()}{comma}{SO[kind == true][lang]}'
                  for (lang, side), comma in zip(read_off(RELATIVE[true], [a, b], shapes).items(), (', ', '，'))}
        questions.append(Question(kind, answer, slots(a=name_a, b=name_b),
                                  weight=1.5, named=named_by(shapes, a=[a], b=[b])))
    for kind, key, sign in (('leftmost', 'x', 1), ('rightmost', 'x', -1), ('topmost', 'y', 1), ('bottommost', 'y', -1)):
        if len(shapes) < 2:
            break
        order = sorted(shapes, key=lambda s: sign * getattr(s, key))
        if abs(getattr(order[0], key) - getattr(order[1], key)) > 0.06 * (width if key == 'x' else height):
            questions.append(Question(kind, read_off(order[0].name(), [order[0]], shapes), weight=0.5))
    return questions


def questions_about(rng: Random, shapes: list[Shape], height: int, width: int) -> list[Question]:
    def seen(which: list[Shape], answer: dict[str, str]) -> dict[str, str]:
        return read_off(answer, which, shapes)

    questions = [Question('count_shapes', seen(shapes, same(str(len(shapes))))), Question('describe', describe(shapes), weight=2.5)]
    for _ in range(2):
        kind = rng.choice(shapes).kind if rng.random() < 0.8 else rng.choice(list(SHAPES))
        counted = [s for s in shapes if s.kind == kind]
        many = {'cross': 'crosses'}.get(kind, kind + 's')
        questions.append(Question('count_kind', seen(counted, same(str(len(counted)))), slots(x=both(many, SHAPES[kind])),
                                  named=named_by(shapes, x=counted)))
        colour = rng.choice(shapes).colour if rng.random() < 0.8 else rng.choice(list(COLOURS))
        counted = [s for s in shapes if s.colour == colour]
        questions.append(Question('count_colour', seen(counted, same(str(len(counted)))), slots(x=both(colour, COLOURS[colour][0])),
                                  named=named_by(shapes, x=counted)))
        probe = Shape(rng.choice(list(SHAPES)), rng.choice(list(COLOURS)), 0, 0, 1) if rng.random() < 0.5 else rng.choice(shapes)
        there = [s for s in shapes if (s.kind, s.colour) == (probe.kind, probe.colour)]
        questions.append(Question('exists', seen(there, yes_no(bool(there))), slots(x=both(article(probe.english), probe.chinese)),
                                  named=named_by(shapes, x=there)))
    for shape in shapes:
        if sum(s.kind == shape.kind for s in shapes) == 1:
            name, colour = both(shape.kind, SHAPES[shape.kind]), both(shape.colour, COLOURS[shape.colour][0])
            questions.append(Question('colour_of', seen([shape], colour), slots(x=name), named=named_by(shapes, x=[shape])))
        if sum(s.colour == shape.colour for s in shapes) == 1:
            name, kind_of = both(shape.colour, COLOURS[shape.colour][0]), both(shape.kind, SHAPES[shape.kind])
            questions.append(Question('shape_of', seen([shape], kind_of), slots(x=name), named=named_by(shapes, x=[shape])))
    for shape, name in unique(shapes):
        place = place_of(shape.x, shape.y, width, height)
        if place is not None:
            questions.append(Question('where', seen([shape], both(place, PLACES[place])), slots(x=name),
                                      named=named_by(shapes, x=[shape])))
    return questions + _relations(rng, shapes, height, width)


def _grounding(rng: Random, shapes: list[Shape], height: int, width: int) -> list[Question]:
    def answer(found: list[Shape]) -> dict[str, str]:
        return {lang: as_boxes(found, shapes, width, height, lang) for lang in ('en', 'zh')}

    def located(kind: str, found: list[Shape], name: dict[str, str]) -> Question:
        return Question(kind, answer(found), slots(x=name), BOXES, named=named_by(shapes, x=found))

    questions = [located('locate', [s], name) for s, name in unique(shapes)]
    kind, colour = rng.choice(shapes).kind, rng.choice(shapes).colour
    many = {'cross': 'crosses'}.get(kind, kind + 's')
    questions.append(located('locate_all', [s for s in shapes if s.kind == kind], both(many, SHAPES[kind])))
    questions.append(located('locate_all', [s for s in shapes if s.colour == colour],
                             both(f'{colour} shapes', COLOURS[colour][0] + '图形')))
    if len(shapes) <= 4:
        questions.append(located('locate_all', shapes, both('shapes', '图形')))
    missing = [k for k in SHAPES if all(s.kind != k for s in shapes)]
    if missing:
        kind = rng.choice(missing)
        questions.append(Question('locate', same('[]'), slots(x=both(kind, SHAPES[kind])), BOXES, weight=0.3))
    return questions


def picture(rng: Random, shapes: list[Shape], pixels: np.ndarray, behind: Colour, index: int = 0,
            colours: dict[str, Colour] | None = None) -> Canvas:
    """Draws the shapes on a copy of `pixels`; `colours` keeps the exact tint of a colour over several pictures."""
    canvas = Canvas(pixels.copy(), index)
    edged = rng.random() < 0.3
    for shape in shapes:
        fill = (colours or {}).get(shape.colour) or named(rng, shape.colour)
        edge = near(rng, tuple(c // 2 for c in fill), 5) if edged else None
        draw(canvas, shape, fill, edge, behind)
    return canvas


def _scene(rng: Random, skill: str) -> Scene:
    height, width = rng.choice(SMALL + MEDIUM + (LARGE[:3] if rng.random() < 0.4 else MEDIUM))
    behind = any_ground(rng)
    shapes: list[Shape] = []
    while not shapes:
        shapes = scatter(rng, rng.choice((1, 2, 2, 3, 3, 4, 4, 5, 6)), height, width, behind)
    canvas = picture(rng, shapes, ground(rng, height, width, behind), behind)
    ask = questions_about if skill == 'shapes' else _grounding
    return Scene(skill, [wear(rng, canvas.pixels)], ask(rng, shapes, height, width), canvas.marks)


def shapes_scene(rng: Random) -> Scene:
    return _scene(rng, 'shapes')


def grounding_scene(rng: Random) -> Scene:
    return _scene(rng, 'grounding')


