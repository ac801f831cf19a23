"""Pictures that scenes/ did not draw, with questions: charts by matplotlib, receipts and shapes as web pages in Chromium.

python make_elsewhere.py elsewhere        (needs matplotlib, and `chromium` or the one named in CHROMIUM_PATH)

Nothing here is ever trained on. `npm run eval:demo -- --set tools/demo-model/elsewhere` asks about them. Half of the categories, shops
and goods are words that are none in scenes/words.py.
"""

import json
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
ZH = {'red': '红色', 'green': '绿色', 'blue': '蓝色', 'purple': '紫色', 'circle': '圆形', 'square': '正方形', 'triangle': '三角形', 'diamond': '菱形'}


def shapes(rng: Random, index: int, file: Path) -> list[tuple[str, str, str]]:
    kinds, colours = rng.sample(list(DRAWN), 3), rng.sample(['red', 'green', 'blue', 'purple'], 3)
    places = rng.sample([(20, 20), (120, 30), (220, 25), (30, 130), (130, 140), (225, 135), (70, 210), (180, 215)], 3)
    drawn = ''.join(f'<g transform="translate({x} {y})" fill="{colour}">{DRAWN[kind]}</g>' for kind, colour, (x, y) in zip(kinds, colours, places))
    ground = ('#fff', '#f4efe6', '#dde7f0', '#fdf6f6')[index % 4]
    shot(f'<body style="margin:0;background:{ground}"><svg width="300" height="290">{drawn}</svg>', 300, 290, file)
    left = min(range(3), key=lambda i: places[i][0])
    a, b = next((a, b) for a, b in iter(lambda: rng.sample(range(3), 2), None) if abs(places[a][0] - places[b][0]) > 40)
    beside = 'Left' if places[a][0] < places[b][0] else 'Right'
    return [('en', 'How many shapes are there?', '3'), ('en', f'What colour is the {kinds[0]}?', colours[0]),
            ('zh', f'{ZH[kinds[1]]}是什么颜色？', ZH[colours[1]]), ('zh', '最左边的是什么？', ZH[colours[left]] + ZH[kinds[left]]),
            ('en', f'Is the {kinds[a]} to the left of the {kinds[b]}?', 'On the left, so yes.' if beside == 'Left' else 'On the right, so no.')]


def main() -> None:
    out = Path(sys.argv[1])
    (out / 'images').mkdir(parents=True, exist_ok=True)
    lines: list[dict[str, Any]] = []
    for skill, draw, count in (('charts', chart, 12), ('receipts', receipt, 12), ('shapes', shapes, 8)):
        for index in range(count):
            name = f'{skill}-{index}.png'
            for lang, question, answer in draw(Random(f'{skill} {index}'), index, out / 'images' / name):
                lines.append({'id': f'elsewhere-{skill}-{len(lines):03d}', 'skill': skill, 'kind': skill, 'lang': lang, 'heldOutPhrasing': True,
                              'images': [name], 'frameSeconds': None, 'question': question, 'answer': answer, 'metric': 'exact', 'scale': 0})
            with Image.open(out / 'images' / name) as picture:
                picture.convert('RGB').quantize(128).save(out / 'images' / name, optimize=True)
    (out / 'questions.jsonl').write_text(''.join(json.dumps(line, ensure_ascii=False) + '\n' for line in lines), encoding='utf-8')
    print(len(lines), 'questions')


if __name__ == '__main__':
    main()
