"""Draws the loss and the exact answers per skill over the number of images, from log.csv, as an SVG.

python plot_log.py RUN/log.csv OUT.svg
"""

import csv
import math
import sys
from pathlib import Path

from scenes.sample import SKILLS

WIDTH, HEIGHT, LEFT, TOP, PANEL_GAP = 860, 560, 60, 30, 50
COLOURS = ('#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd', '#8c564b', '#e377c2', '#7f7f7f', '#bcbd22', '#17becf')


GAP = 20  # px: points farther apart than this are not joined, because nothing was measured between them


def curve(points: list[tuple[float, float]], colour: str) -> str:
    path = ' '.join(f'{"L" if i and x - points[i - 1][0] < GAP else "M"}{x:.1f},{y:.1f}' for i, (x, y) in enumerate(points))
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def label(x: float, y: float, text: str, anchor: str = 'start', colour: str = '#333') -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}">{text}</text>'


def smooth(values: list[float], keep: float = 0.7) -> list[float]:
    """Exponential mean, because a line of the log holds few answers of a skill."""
    result: list[float] = []
    for value in values:
        result.append(value if not result else keep * result[-1] + (1 - keep) * value)
    return result


def main() -> None:
    with Path(sys.argv[1]).open(newline='') as file:
        rows = list(csv.DictReader(file))
    most = max(float(r['images']) for r in rows)
    panel, right = (HEIGHT - TOP - 2 * PANEL_GAP) / 2, WIDTH - 160

    def at(images: str) -> float:
        return LEFT + (right - LEFT) * float(images) / most
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="11">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    answered = [r for r in rows if r['loss']]  # there is no loss while the encoder is trained alone
    ceiling = math.ceil(max(float(r['loss']) for r in answered))
    for name, top, unit, highest in (('loss of the answers (nats per token)', TOP, 1, ceiling), ('exact answers', TOP + panel + PANEL_GAP, 100, 1)):
        parts.append(label(LEFT, top - 8, name))
        for step in range(5):
            y = top + panel * (1 - step / 4)
            parts.append(f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
            parts.append(label(LEFT - 6, y + 4, f'{highest * step / 4 * unit:.3g}{" %" if unit == 100 else ""}', 'end'))
    parts.append(curve([(at(r['images']), TOP + panel * (1 - float(r['loss']) / ceiling)) for r in answered], '#333'))
    base = TOP + panel + PANEL_GAP
    for number, (skill, colour) in enumerate(zip(SKILLS, COLOURS)):
        seen = [r for r in rows if r[skill]]
        if seen:
            shares = smooth([float(r[skill]) for r in seen])
            parts.append(curve([(at(r['images']), base + panel * (1 - s)) for r, s in zip(seen, shares)], colour))
            until = '' if seen[-1] is rows[-1] else f' at {float(seen[-1]["images"]) / 1000:.0f} k'
            parts.append(label(right + 10, base + 12 + 16 * number, f'{skill} {100 * shares[-1]:.0f} %{until}', colour=colour))
    for step in range(5):
        parts.append(label(LEFT + (right - LEFT) * step / 4, HEIGHT - 20, f'{most * step / 4:,.0f}', 'middle'))
    parts.append(label((LEFT + right) / 2, HEIGHT - 5, 'images seen', 'middle'))
    Path(sys.argv[2]).write_text('\n'.join([*parts, '</svg>\n']))


if __name__ == '__main__':
    main()
