"""Makes pictures by other means than scenes/, with questions: charts by matplotlib, others as web pages in Chromium.

python make_elsewhere.py elsewhere        (needs matplotlib, and `chromium` or the one named in CHROMIUM_PATH)

These pictures are never used in training. `npm run eval:demo -- --set tools/demo-model/elsewhere` asks about them. Half
of the categories, shops and goods are words that scenes/words.py lacks.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt  # noqa: E402
from PIL import Image  # noqa: E402

LISTED = [['Q1', 'Q2', 'Q3', 'Q4'], ['Jan', 'Feb', 'Mar', 'Apr', 'May'], ['Mon', 'Tue', 'Wed', 'Thu'], ['Paris', 'Rome', 'Oslo', 'Lima']]
UNLISTED = [['Wool', 'Silk', 'Linen', 'Cotton'], ['2019', '2020', '2021', '2022'], ['Cats', 'Dogs', 'Birds'], ['Violin', 'Cello', 'Flute', 'Drums']]
STYLES = ['default', 'seaborn-v0_8-whitegrid', 'ggplot', 'bmh', 'fivethirtyeight', 'default']


def chart(rng: Random, index: int, file: Path) -> list[tuple[str, str, str]]:
    names, kind = (UNLISTED if index % 2 else LISTED)[index // 2 % 4], 'bar' if index % 3 else 'line'
    printed = index % 4 != 3
    values = rng.sample(range(12, 97) if printed else range(10, 100, 10), len(names))
    title = ('Sales', 'Revenue', 'Members', 'Visitors', 'Trees')[index % 5]
    with plt.style.context(STYLES[index % len(STYLES)]):
        figure, axes = plt.subplots(figsize=((3.6, 2.7), (4.0, 2.8), (3.2, 3.0))[index % 3], layout='tight')
        if kind == 'bar':
            bars = axes.bar(names, values)
            if printed:
                axes.bar_label(bars)
        else:
            axes.plot(names, values, marker='o')
            for i, value in enumerate(values if printed else []):
                axes.annotate(str(value), (i, value), xytext=(0, 6), textcoords='offset points', ha='center')
        axes.margins(y=0.12)
        axes.set_title(title)
        figure.savefig(file)
        plt.close(figure)
    best, asked = names[values.index(max(values))], rng.randrange(len(names))
    listing = [f'{n} {v}' for n, v in zip(names, values)]
    return [('en', f'What is the value of {names[asked]}?', str(values[asked])), ('zh', f'{names[asked]}是多少？', str(values[asked])),
            ('en', 'Which one is the largest?', best), ('zh', '把所有数值列出来。', '，'.join(listing)), ('en', 'What is the title?', title)]


def shot(page: str, width: int, height: int, file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / 'page.html').write_text(page, encoding='utf-8')
        subprocess.run([os.environ.get('CHROMIUM_PATH', 'chromium'), '--headless', '--no-sandbox', '--hide-scrollbars', f'--screenshot={file}',
                        f'--window-size={width},{height}', f'file://{folder}/page.html'], check=True, capture_output=True)


def receipt(rng: Random, index: int, file: Path) -> list[tuple[str, str, str]]:
    shop = ('Green Market', 'Harbour Store', 'City Books', 'Maple Grocery')[index % 4]
    goods = rng.sample(['Bread', 'Milk', 'Cheese', 'Tea', 'Eggs', 'Soap'] if index % 2 == 0 else ['Muesli', 'Olives', 'Candle', 'Basil', 'Rope'], 3)
    cents = [rng.randrange(105, 1999) for _ in goods]
    date = ('2024-03-15', '09/11/2023', '21.07.2025')[index % 3]
    money = [f'{c // 100}.{c % 100:02d}' for c in cents]
    total = f'${sum(cents) // 100}.{sum(cents) % 100:02d}'
    family = ("'Courier New', monospace", 'Arial, sans-serif', 'Georgia, serif')[index % 3]
    row = '<div style="display:flex;justify-content:space-between"><span>{}</span><span>{}</span></div>'
    width, height = ((300, 300), (260, 330), (320, 280))[index % 3]
    due = ('TOTAL', 'Total', 'Total due')[index % 3]
    page = (f'<body style="margin:0;padding:12px;box-sizing:border-box;font:{15 + index % 3}px {family};background:#fff;color:#222">'
            f'<div style="text-align:center"><b>{shop}</b><br>{12 + index} Station Road<br>{date} 14:{20 + index}</div><hr>'
            + ''.join(row.format(n, m) for n, m in zip(goods, money)) + '<hr>' + row.format(f'<b>{due}</b>', f'<b>{total}</b>'))
    shot(page, width, height, file)
    listing = '，'.join(f'{n} {m}' for n, m in zip(goods, money))
    return [('en', 'What is the total?', total), ('zh', '总共多少钱？', total), ('en', 'Which shop is this from?', shop),
            ('zh', '日期是哪天？', date), ('en', f'How much was {goods[1]}?', f'${money[1]}'), ('zh', '买了什么，各多少钱？', listing)]


DRAWN = {
    'circle': '<circle cx="30" cy="30" r="28"/>', 'square': '<rect x="4" y="4" width="52" height="52"/>',
    'triangle': '<path d="M30 3 57 56H3Z"/>', 'diamond': '<path d="M30 2 56 30 30 58 4 30Z"/>',
}
# The shapes' extents in their drawings: left, top, right, bottom.
EXTENTS = {'circle': (2, 2, 58, 58), 'square': (4, 4, 56, 56), 'triangle': (3, 3, 57, 56), 'diamond': (4, 2, 56, 58)}
PLACES = [(20, 20), (120, 30), (220, 25), (30, 130), (130, 140), (225, 135), (70, 210), (180, 215)]
ZH = {'red': '红色', 'green': '绿色', 'blue': '蓝色', 'purple': '紫色', 'circle': '圆形', 'square': '正方形', 'triangle': '三角形', 'diamond': '菱形'}


def located(kind: str, name: str, x: int, y: int) -> str:
    left, top, right, bottom = EXTENTS[kind]
    sides = [(x + left) / 300, (y + top) / 290, (x + right) / 300, (y + bottom) / 290]
    return json.dumps([{'bbox_2d': [round(1000 * side) for side in sides], 'label': name}], ensure_ascii=False)


def scattered(things: list[tuple[str, str, tuple[int, int]]], ground: str, file: Path) -> None:
    """Draws `things`: kind, colour, and place of the top left corner."""
    drawn = ''.join(f'<g transform="translate({x} {y})" fill="{colour}">{DRAWN[kind]}</g>' for kind, colour, (x, y) in things)
    shot(f'<body style="margin:0;background:{ground}"><svg width="300" height="290">{drawn}</svg>', 300, 290, file)


def shapes(rng: Random, index: int, file: Path) -> list[tuple[str, str, str]]:
    kinds, colours = rng.sample(list(DRAWN), 3), rng.sample(['red', 'green', 'blue', 'purple'], 3)
    places = rng.sample(PLACES, 3)
    scattered(list(zip(kinds, colours, places)), ('#fff', '#f4efe6', '#dde7f0', '#fdf6f6')[index % 4], file)
    left = min(range(3), key=lambda i: places[i][0])
    a, b = next((a, b) for a, b in iter(lambda: rng.sample(range(3), 2), None) if abs(places[a][0] - places[b][0]) > 40)
    beside = 'Left' if places[a][0] < places[b][0] else 'Right'
    named, named_zh = f'{colours[a]} {kinds[a]}', ZH[colours[b]] + ZH[kinds[b]]
    return [('en', f'Locate the {named}.', located(kinds[a], named, *places[a])), ('zh', f'框出{named_zh}。', located(kinds[b], named_zh, *places[b])),
            ('en', 'How many shapes are there?', '3'), ('en', f'What colour is the {kinds[0]}?', colours[0]),
            ('zh', f'{ZH[kinds[1]]}是什么颜色？', ZH[colours[1]]), ('zh', '最左边的是什么？', ZH[colours[left]] + ZH[kinds[left]]),
            ('en', f'Is the {kinds[a]} to the left of the {kinds[b]}?', 'On the left, so yes.' if beside == 'Left' else 'On the right, so no.')]


def pair(rng: Random, index: int, file: Path) -> list[tuple[str, str, str]]:
    """Writes `file` and a second picture, named -b: a shape is missing, has another colour, or nothing changed."""
    kinds, colours = rng.sample(list(DRAWN), 3), rng.sample(['red', 'green', 'blue', 'purple'], 4)
    places = rng.sample(PLACES, 3)
    before = list(zip(kinds, colours, places))
    changes = [(before[1:], f'The {colours[0]} {kinds[0]} is gone.', f'{ZH[colours[0]]}{ZH[kinds[0]]}不见了。'),
               ([(kinds[0], colours[3], places[0]), *before[1:]], f'The {kinds[0]} changed from {colours[0]} to {colours[3]}.',
                f'{ZH[kinds[0]]}从{ZH[colours[0]]}变成了{ZH[colours[3]]}。'),
               (before, 'Nothing changed.', '没有变化。')]
    after, sentence, sentence_zh = changes[index % 3]
    for shown, to in ((before, file), (after, file.with_stem(file.stem + '-b'))):
        scattered(shown, '#f7f5f0', to)
    return [('en', 'What changed?', sentence), ('zh', '两张图有什么变化？', sentence_zh), ('en', 'Are the two pictures the same?', 'Yes' if after == before else 'No'),
            ('zh', '第二张图里有几个图形？', str(len(after)))]


SCALES = [('bar', 0, 10, 2), ('°C', 0, 100, 20), ('km/h', 0, 160, 20), ('V', 0, 50, 10), ('rpm', 0, 8000, 1000), ('kPa', 0, 400, 100),
          ('%', 0, 100, 25), ('A', 0, 30, 5)]


def gauge(rng: Random, index: int, file: Path) -> list[tuple[str, str, str]]:
    """Draws a ring without a case, with the numbers outside the scale, as dashboards show gauges."""
    unit, low, high, major = SCALES[index]
    step, (start, sweep) = major / 10, ((135, 270), (180, 180), (150, 240))[index % 3]
    value = low + rng.randint(0, round((high - low) / step)) * step
    threshold = low + (high - low) * 0.75
    dark = index % 4 == 1
    ink, ground = ('#eee', '#20242a') if dark else ('#333', '#fff')

    def on(reading: float, radius: float) -> tuple[float, float]:
        turn = math.radians(start + sweep * (reading - low) / (high - low))
        return 150 + radius * math.cos(turn), 150 + radius * math.sin(turn)

    def arc(a: float, b: float, colour: str) -> str:
        (x0, y0), (x1, y1) = on(a, 100), on(b, 100)
        return f'<path d="M{x0} {y0}A100 100 0 {int((b - a) / (high - low) * sweep > 180)} 1 {x1} {y1}" stroke="{colour}" stroke-width="10" fill="none"/>'

    svg = arc(low, threshold, '#8aa') + arc(threshold, high, '#d22')
    for i in range((high - low) // major * 5 + 1):
        reading = low + i * major / 5
        (x0, y0), (x1, y1) = on(reading, 95), on(reading, 78 if i % 5 == 0 else 87)
        svg += f'<path d="M{x0} {y0}L{x1} {y1}" stroke="{ink}" stroke-width="{2 if i % 5 == 0 else 1}"/>'
        if i % 5 == 0:
            x, y = on(reading, 122)
            svg += f'<text x="{x}" y="{y + 5}" text-anchor="middle" font-size="16" fill="{ink}">{low + i // 5 * major}</text>'
    (x, y), (back_x, back_y) = on(value, 84), on(value, -12)
    svg += f'<path d="M{back_x} {back_y}L{x} {y}" stroke="{"#e63" if index % 2 else ink}" stroke-width="4"/><circle cx="150" cy="150" r="8" fill="{ink}"/>'
    svg += f'<text x="150" y="{195 if sweep > 180 else 185}" text-anchor="middle" font-size="18" fill="{ink}">{unit}</text>'
    shot(f'<body style="margin:0;background:{ground};font-family:Arial,sans-serif"><svg width="300" height="300">{svg}</svg>', 300, 300, file)
    shown = f'{value:.{0 if step >= 1 else 1}f} {unit}'
    yes = value > threshold
    return [('en', 'What does the gauge show?', shown), ('zh', '读数是多少？', shown), ('en', 'Is it in the red?', 'Yes' if yes else 'No'),
            ('zh', '指针到红色区域了吗？', '是' if yes else '否'), ('en', 'What is the range of the scale?', f'{low} to {high} {unit}')]


def sign(rng: Random, index: int, file: Path) -> list[tuple[str, str, str]]:
    speed = ('30', '50', '80', '120')[index % 4]
    drawn, name, name_zh = {
        0: (f'<circle cx="80" cy="80" r="70" fill="#fff" stroke="#c11" stroke-width="16"/><text x="80" y="102" text-anchor="middle" '
            f'font-size="{48 if speed == "120" else 60}" font-weight="bold">{speed}</text>', f'Speed limit {speed}', f'限速{speed}'),
        1: ('<path d="M50 6h60l44 44v60l-44 44H50L6 110V50Z" fill="#c11" stroke="#fff" stroke-width="5"/><text x="80" y="96" text-anchor="middle" '
            'font-size="44" font-weight="bold" fill="#fff">STOP</text>', 'Stop', '停车让行'),
        2: ('<circle cx="80" cy="80" r="74" fill="#c11"/><rect x="26" y="64" width="108" height="32" fill="#fff"/>', 'No entry', '禁止驶入'),
        3: ('<path d="M12 18H148L80 146Z" fill="#fff" stroke="#c11" stroke-width="18" stroke-linejoin="round"/>', 'Give way', '减速让行'),
        4: ('<path d="M80 4 156 80 80 156 4 80Z" fill="#fff" stroke="#222" stroke-width="3"/><path d="M80 28 132 80 80 132 28 80Z" fill="#f5c400"/>',
            'Priority road', '主要道路'),
    }[0 if index < 4 else index - 3]
    behind = ('linear-gradient(#9cf,#def 60%,#7a7 60%)', '#e8e8e8', 'linear-gradient(#bcd,#eef)')[index % 3]
    page = (f'<body style="margin:0;background:{behind};height:300px"><svg width="300" height="300"><rect x="146" y="150" width="8" height="150" fill="#777"/>'
            f'<g transform="translate({60 + index * 5} {30 + index * 4})" font-family="Arial,sans-serif">{drawn}</g></svg>')
    shot(page, 300, 300, file)
    asked = [('en', 'What does this sign mean?', name), ('zh', '这是什么标志？', name_zh), ('en', 'How many signs are there?', '1')]
    return asked + ([('zh', '限速多少？', speed), ('en', 'How fast may I drive?', speed)] if index < 4 else [])


def main() -> None:
    out = Path(sys.argv[1])
    (out / 'images').mkdir(parents=True, exist_ok=True)
    lines: list[dict[str, Any]] = []
    drawn = (('charts', chart, 12), ('receipts', receipt, 12), ('shapes', shapes, 8), ('pairs', pair, 9), ('gauges', gauge, 8), ('signs', sign, 8))
    for skill, draw, count in drawn:
        for index in range(count):
            name = f'{skill}-{index}.png'
            names = [name, f'{skill}-{index}-b.png'] if draw is pair else [name]
            for lang, question, answer in draw(Random(f'{skill} {index}'), index, out / 'images' / name):
                metric = 'boxes' if answer[0] == '[' else 'gauge' if draw is gauge and question in ('What does the gauge show?', '读数是多少？') else 'exact'
                of = 'grounding' if metric == 'boxes' else skill
                lines.append({'id': f'elsewhere-{of}-{len(lines):03d}', 'skill': of, 'kind': of, 'lang': lang, 'heldOutPhrasing': True,
                              'images': names, 'frameSeconds': None, 'question': question, 'answer': answer,
                              'metric': metric, 'scale': SCALES[index][2] - SCALES[index][1] if metric == 'gauge' else 0})
            for each in names:
                with Image.open(out / 'images' / each) as picture:
                    picture.convert('RGB').quantize(128).save(out / 'images' / each, optimize=True)
    (out / 'questions.jsonl').write_text(''.join(json.dumps(line, ensure_ascii=False) + '\n' for line in lines), encoding='utf-8')
    print(len(lines), 'questions')


if __name__ == '__main__':
    main()
