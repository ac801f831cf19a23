"""Bar and line charts with exactly readable values: printed on the chart, or on a half step of its grid."""

from dataclasses import dataclass, field
from itertools import permutations
from random import Random

import numpy as np

from scenes.canvas import Canvas
from scenes.fonts import fit_size, pick_face, set_line
from scenes.scene import Question, Scene, both, look, same, slots, spelled
from scenes.surface import dark, distance, ground, named, near, pale, wear
from scenes.words import CHART_TITLES, CITIES, COLOURS, ITEMS, MONTHS, QUARTERS, WEEKDAYS

ORDERED = [QUARTERS, QUARTERS, MONTHS, WEEKDAYS]
UNORDERED = [CITIES, ITEMS]


@dataclass
class Chart:
    """Categories with their values; `names` are in the language of the chart."""

    kind: str  # bar, line
    title: str
    names: list[str]
    values: list[int]
    top: int  # upper end of the axis
    steps: int  # grid steps
    ordered: bool
    labelled: bool


def make_chart(rng: Random, kind: str | None = None, count: int | None = None, labelled: bool | None = None) -> Chart:
    chinese = rng.random() < 0.4
    kind = kind or rng.choice(('bar', 'line'))
    ordered = kind == 'line' or rng.random() < 0.5
    table = rng.choice(ORDERED if ordered else UNORDERED)
    count = count or rng.randint(3, 6)
    keys = list(table)
    count = min(count, len(keys))
    start = rng.randrange(len(keys) - count + 1)
    keys = keys[start:start + count] if ordered else rng.sample(keys, count)
    names = [table[k] if chinese else k for k in keys]
    if table is QUARTERS and chinese and rng.random() < 0.5:
        names = keys
    labelled = rng.random() < 0.6 if labelled is None else labelled
    steps = rng.choice((4, 5, 5))
    top = steps * rng.choice((2, 4, 5, 10, 20, 50, 100, 200) if labelled else (2, 10, 20, 100, 200))
    half = top // steps // 2
    if labelled:
        values = [max(1, round(top * rng.uniform(0.08, 0.98))) for _ in names]
    else:
        values = [half * rng.randint(1, 2 * steps) for _ in names]
    english_title = rng.choice(list(CHART_TITLES))
    return Chart(kind, CHART_TITLES[english_title] if chinese else english_title, names, values, top, steps, ordered, labelled)


@dataclass
class Shown:
    """The readable parts of a chart: texts with looks, and the marks of the ends of values."""

    title: str = ''
    names: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)  # the first mark of each name

    def of(self, i: int) -> tuple[int, int]:
        """The marks that a category's name in a question means: the printed name, and the end of its value."""
        return self.begins[i], self.levels[i]

    def found(self, i: int) -> str:
        """The name of a category chosen by its value, with looks."""
        return look(*reversed(self.of(i))) + self.names[i].lstrip(look(self.begins[i]))


def draw_chart(rng: Random, chart: Chart, height: int, width: int, index: int = 0, marks_before: int = 0) -> tuple[Canvas, Shown]:
    paper = pale(rng) if rng.random() < 0.85 else dark(rng)
    canvas = Canvas(ground(rng, height, width, paper) if rng.random() < 0.3 else np.full((height, width, 3), paper, np.uint8),
                    index, marks_before)
    shown = Shown()
    ink = dark(rng) if sum(paper) > 380 else pale(rng)
    grid = tuple((i + 5 * p) // 6 for i, p in zip(ink, paper))
    small = max(10, round(min(height, width) * rng.uniform(0.042, 0.055)))
    face = pick_face(rng, chart.title + ''.join(chart.names), rng.choice(('sans', 'sans', 'serif', 'bold')))
    if any(ord(c) > 0x2000 for c in ''.join(chart.names)):
        small = max(12, small)
    left, right = small * 0.62 * (len(str(chart.top)) + 1.5), width - 6
    top, bottom = small * 2.9, height - small * 1.9
    shown.title = spelled(chart.title, canvas.next_mark)
    canvas.text(chart.title, width / 2, small * 0.95, face, round(small * 1.2), ink, 'mm')
    numbers: list[int] = []  # the first mark of each axis number
    for step in range(chart.steps + 1):
        y = bottom - (bottom - top) * step / chart.steps
        canvas.line([(left, y), (right, y)], ink if step == 0 else grid)
        numbers.append(canvas.next_mark)
        canvas.text(str(chart.top * step // chart.steps), left - 3, y, face, small, ink, 'rm', share=step / chart.steps)
    cell = (right - left) / len(chart.names)
    paint = named(rng, rng.choice([c for c in COLOURS if distance(COLOURS[c][1], paper) > 190]))
    many = chart.kind == 'bar' and rng.random() < 0.3
    points = [(left + cell * (i + 0.5), bottom - (bottom - top) * v / chart.top) for i, v in enumerate(chart.values)]
    if chart.kind == 'line':
        canvas.line(points, paint, rng.choice((2, 2, 3)))
    thick = cell * rng.uniform(0.26, 0.38)
    for i, (x, y) in enumerate(points):
        if chart.kind == 'bar':
            fill = near(rng, paint, 60) if many else paint
            canvas.box(x - thick, y, x + thick, bottom, fill)
        else:
            canvas.disc(x, y, rng.choice((3, 4)), paint)
        shown.levels.append(canvas.next_mark)
        # Each digit of the value looks at a digit of the axis number that the value reaches.
        reached = chart.values[i] * chart.steps // chart.top
        last = len(str(chart.top * reached // chart.steps)) - 1
        shown.values.append(''.join(look(canvas.next_mark, numbers[reached] + min(place, last)) + digit
                                    for place, digit in enumerate(str(chart.values[i]))) + look())
        canvas.mark(f'level:{round(16 * chart.values[i] / chart.top)}', x, y, share=chart.values[i] / chart.top)
        if chart.labelled:
            line = set_line(str(chart.values[i]), face, small)
            h, w = line.alpha.shape
            dip = chart.kind == 'line' and 0 < i < len(points) - 1 and points[i - 1][1] < y > points[i + 1][1]
            middle = y + small * 0.85 if dip and y + small * 1.5 < bottom else y - small * 0.85
            if chart.kind == 'line':
                canvas.box(x - w / 2 - 1, middle - h / 2 - 1, x + w / 2 + 1, middle + h / 2 + 1, paper)
            shown.values[-1] = spelled(str(chart.values[i]), canvas.next_mark)
            canvas.text(str(chart.values[i]), x, middle, face, small, ink, 'mm')
        shown.begins.append(canvas.next_mark)
        shown.names.append(spelled(chart.names[i], canvas.next_mark))
        size = fit_size(chart.names[i], face, cell * 0.96, small, 9 if ord(chart.names[i][0]) < 0x2000 else 11)
        canvas.text(chart.names[i], x, bottom + small * 0.9, face, size, ink, 'mm')
    return canvas, shown


def difference(chart: Chart, shown: Shown, a: int, b: int) -> Question:
    """The difference of two categories. The answer states both values before the result."""
    low, high = sorted((a, b), key=chart.values.__getitem__)
    worked_out = f'{shown.values[high]} - {shown.values[low]} = {chart.values[high] - chart.values[low]}'
    return Question('chart_difference', same(worked_out), slots(a=same(chart.names[a]), b=same(chart.names[b])), weight=1.2,
                    named={'a': shown.of(a), 'b': shown.of(b)})


def chart_questions(rng: Random, chart: Chart, shown: Shown) -> list[Question]:
    names, values = chart.names, chart.values
    listing = both(*(comma.join(f'{n} {v}' for n, v in zip(shown.names, shown.values)) for comma in (', ', '，')))
    kind = both(f'{chart.kind} chart', '柱状图' if chart.kind == 'bar' else '折线图')
    described = both(f'A {kind["en"]} titled "{shown.title}": {listing["en"]}.', f'一张标题为“{shown.title}”的{kind["zh"]}：{listing["zh"]}。')
    questions = [Question('chart_list', listing, weight=3), Question('describe', described, weight=1.5),
                 Question('chart_title', same(shown.title), weight=0.5), Question('chart_kind', kind, weight=0.3)]
    for i in rng.sample(range(len(names)), min(3, len(names))):
        questions.append(Question('chart_value', same(shown.values[i]), slots(x=same(names[i])), weight=1.5, named={'x': shown.of(i)}))
    for kind_of_question, value in (('chart_largest', max(values)), ('chart_smallest', min(values))):
        if values.count(value) == 1:
            questions.append(Question(kind_of_question, same(shown.found(values.index(value))), weight=1.2))
    questions.append(difference(chart, shown, *rng.sample(range(len(names)), 2)))
    if chart.ordered:
        growth = [y - x for x, y in zip(values, values[1:])]
        best = sorted(growth)[-2:]
        if best[-1] > 0 and (len(best) < 2 or best[-1] - best[0] >= max(1, chart.top / 20)):
            questions.append(Question('chart_growth', same(shown.found(growth.index(best[-1]) + 1)), weight=1.2))
    return questions


CHART_SIZES = [(224, 224), (256, 256), (256, 256), (192, 256), (224, 320), (256, 320), (256, 384), (320, 256), (192, 288)]


def charts_scene(rng: Random) -> Scene:
    height, width = rng.choice(CHART_SIZES)
    chart = make_chart(rng)
    canvas, shown = draw_chart(rng, chart, height, width)
    return Scene('charts', [wear(rng, canvas.pixels, 0.7)], chart_questions(rng, chart, shown), canvas.marks)


def differences_scene(rng: Random) -> Scene:
    """A small chart with printed values, asked for every difference, to practise subtraction; for training only."""
    chart = make_chart(rng, count=rng.randint(3, 4), labelled=True)
    canvas, shown = draw_chart(rng, chart, *rng.choice([(160, 192), (160, 224), (192, 192)]))
    pairs = [pair for pair in permutations(range(len(chart.names)), 2) if rng.random() < 0.5]
    questions = [difference(chart, shown, a, b) for a, b in pairs or [(0, 1)]]
    return Scene('charts', [wear(rng, canvas.pixels, 0.5)], questions, canvas.marks)
