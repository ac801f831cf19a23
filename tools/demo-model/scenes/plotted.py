"""Charts in the style of plotting libraries and spreadsheets, for training only: with or without a frame, an axis that
ends between two numbers or begins above zero, wide margins, an axis caption, a legend, years or letters as
categories."""

from random import Random

import numpy as np

from scenes.canvas import Canvas, Colour
from scenes.charts import Chart, Shown, chart_questions, make_chart
from scenes.fonts import fit_size, pick_face, set_line
from scenes.scene import Scene, look, spelled
from scenes.surface import dark, named, near, pale, wear
from scenes.words import COLOURS, unlisted

SIZES = [(256, 256), (224, 288), (256, 320), (256, 352), (288, 320), (256, 384), (320, 288), (192, 288), (288, 224)]
# Default colours of matplotlib, a spreadsheet and a web page.
USUAL: list[Colour] = [(31, 119, 180), (255, 127, 14), (44, 160, 44), (68, 114, 196), (237, 125, 49), (54, 162, 235), (66, 133, 244)]


def _names(rng: Random, chart: Chart) -> None:
    """Sets categories that no table lists: years in order, letters, other words; sometimes such a title too."""
    count, chinese = len(chart.names), any(ord(c) > 0x2000 for c in chart.title)
    if rng.random() < 0.3:
        chart.title = unlisted(rng, chinese)
    if rng.random() < 0.2:
        first = rng.randint(1990, 2027 - count)
        chart.names, chart.ordered = [str(first + i) for i in range(count)], True
    elif rng.random() < 0.15 and not chart.ordered:
        chart.names = list('ABCDEFGH'[:count])
    elif rng.random() < 0.5:
        words: set[str] = set()
        while len(words) < count:
            words.add(unlisted(rng, chinese))
        chart.names = sorted(words)


def plotted_scene(rng: Random) -> Scene:
    height, width = rng.choice(SIZES)
    chart = make_chart(rng)
    _names(rng, chart)
    step = chart.top // chart.steps
    # The axis: its first number, and how far it extends beyond the largest value.
    first = rng.randint(0, min(chart.values) // step) if chart.kind == 'line' and rng.random() < 0.4 else 0
    span = max(chart.values) - first * step or step
    low = first * step - (span * rng.uniform(0, 0.08) if chart.kind == 'line' else 0)
    high = max(chart.values) + span * rng.uniform(0.04, 0.25)
    ticks = [n for n in range(first * step, chart.top + step, step) if low <= n <= high]

    paper = (255, 255, 255) if rng.random() < 0.6 else pale(rng) if rng.random() < 0.8 else dark(rng)
    ink = (dark(rng) if rng.random() < 0.6 else (110, 110, 110)) if sum(paper) > 380 else pale(rng)
    grid = tuple((i + 5 * p) // 6 for i, p in zip(ink, paper))
    canvas, shown = Canvas(np.full((height, width, 3), paper, np.uint8)), Shown()
    chinese = any(ord(c) > 0x2000 for c in chart.title + ''.join(chart.names))
    small = rng.randint(12 if chinese else 10, 14)
    face = pick_face(rng, chart.title + ''.join(chart.names), rng.choice(('sans', 'sans', 'sans', 'serif', 'bold')))
    captioned, legend = rng.random() < 0.25, rng.random() < 0.25
    left = small * 0.62 * (len(str(ticks[-1])) + 1.2) + 4 + captioned * small * 1.3 + width * rng.uniform(0, 0.08)
    right = width - 4 - width * rng.uniform(0, 0.1)
    top = small * rng.uniform(2, 2.6) + height * rng.uniform(0, 0.08)
    bottom = height - small * (1.9 + 1.6 * legend) - height * rng.uniform(0, 0.08)

    def level(value: float) -> float:
        return bottom - (bottom - top) * (value - low) / (high - low)

    shown.title = spelled(chart.title, canvas.next_mark)
    at_left = rng.random() < 0.2
    canvas.text(chart.title, left if at_left else (left + right) / 2, top - small * 1.1, face, round(small * rng.uniform(1, 1.3)), ink,
                'lm' if at_left else 'mm')
    if captioned:
        caption = rng.choice(('USD', 'EUR', 'k', '%', 'units', 'mm', 'Value', 'Count'))
        canvas.text(caption, left - small * 0.62 * (len(str(ticks[-1])) + 1.2) - small * 0.8, (top + bottom) / 2, face, small, ink, 'mm', angle=90)
    numbers: list[int] = []
    lines, notches = rng.random() < 0.5, rng.random() < 0.5
    for tick in ticks:
        if lines:
            canvas.line([(left, level(tick)), (right, level(tick))], grid)
        if notches:
            canvas.line([(left - 4, level(tick)), (left, level(tick))], ink)
        numbers.append(canvas.next_mark)
        canvas.text(str(tick), left - 6, level(tick), face, small, ink, 'rm', share=(tick - low) / (high - low))
    frame = rng.choice(('box', 'box', 'axes', 'axes', 'bottom', 'none'))
    if frame == 'box':
        canvas.frame(left, top, right, bottom, ink)
    elif frame != 'none':
        canvas.line([(left, bottom), (right, bottom)], ink)
        if frame == 'axes':
            canvas.line([(left, top), (left, bottom)], ink)

    cell = (right - left) / len(chart.names)
    least = 11 if any(ord(c) > 0x2000 for c in ''.join(chart.names)) else 9
    if max(set_line(name, face, least).alpha.shape[1] for name in chart.names) > cell * 0.94:
        return plotted_scene(rng)  # the names would overlap
    paint = rng.choice(USUAL) if rng.random() < 0.6 else named(rng, rng.choice([c for c in COLOURS if c not in ('white', 'yellow')]))
    points = [(left + cell * (i + 0.5), level(v)) for i, v in enumerate(chart.values)]
    discs = rng.random() < 0.7
    if chart.kind == 'line':
        canvas.line(points, paint, rng.choice((1, 2, 2, 3)))
    thick = cell * rng.uniform(0.24, 0.45)
    for i, (x, y) in enumerate(points):
        value, share = chart.values[i], (chart.values[i] - low) / (high - low)
        if chart.kind == 'bar':
            canvas.box(x - thick, y, x + thick, bottom, near(rng, paint, 60) if legend and i % 2 else paint)
        elif discs:
            canvas.disc(x, y, rng.choice((3, 4)), paint)
        shown.levels.append(canvas.next_mark)
        # As in charts.py: each digit of the value looks at a digit of the number that the value reaches.
        reached = sum(tick <= value for tick in ticks) - 1
        last = len(str(ticks[reached])) - 1
        shown.values.append(''.join(look(canvas.next_mark, numbers[reached] + min(place, last)) + digit
                                    for place, digit in enumerate(str(value))) + look())
        canvas.mark(f'level:{round(16 * share)}', x, y, share=share)
        if chart.labelled:
            h, w = set_line(str(value), face, small).alpha.shape
            middle = y - small * rng.uniform(0.7, 0.95)
            if chart.kind == 'line':
                canvas.box(x - w / 2 - 1, middle - h / 2 - 1, x + w / 2 + 1, middle + h / 2 + 1, paper)
            shown.values[-1] = spelled(str(value), canvas.next_mark)
            canvas.text(str(value), x, middle, face, small, ink, 'mm')
        if notches:
            canvas.line([(x, bottom), (x, bottom + 3)], ink)
        shown.begins.append(canvas.next_mark)
        shown.names.append(spelled(chart.names[i], canvas.next_mark))
        size = fit_size(chart.names[i], face, cell * 0.94, small, least)
        canvas.text(chart.names[i], x, bottom + small * 0.9 + 3, face, size, ink, 'mm')
    if legend:
        canvas.box((left + right) / 2 - small * 3, bottom + small * 2.2, (left + right) / 2 - small * 2, bottom + small * 2.9, paint)
        canvas.text(rng.choice(('Series 1', '2024', 'Total', 'A')), (left + right) / 2 - small * 1.5, bottom + small * 2.55, face, small, ink, 'lm')
    return Scene('charts', [wear(rng, canvas.pixels, 0.4)], chart_questions(rng, chart, shown), canvas.marks)
