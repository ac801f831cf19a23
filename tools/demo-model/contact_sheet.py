"""Makes contact sheets of each skill, with a question under every picture, for visual inspection.

python contact_sheet.py OUT_FOLDER [first seed]
"""

import sys
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scenes.fonts import FONT_FOLDER
from scenes.sample import SKILLS, exchanges, make_scene

CELL, CAPTION, COLUMNS, ROWS = 264, 66, 6, 4


def main() -> None:
    out, first = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    out.mkdir(parents=True, exist_ok=True)
    font = ImageFont.truetype(str(FONT_FOLDER / 'NotoSansCJK-Regular.ttf'), 11)
    system = ImageFont.truetype('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc', 11, index=2) \
        if Path('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc').exists() else font
    for skill in SKILLS:
        sheet = Image.new('RGB', (COLUMNS * CELL, ROWS * (CELL + CAPTION)), (128, 128, 128))
        pen = ImageDraw.Draw(sheet)
        for cell in range(COLUMNS * ROWS):
            scene = make_scene(skill, first + cell)
            x, y = cell % COLUMNS * CELL, cell // COLUMNS * (CELL + CAPTION)
            shown = scene.images if scene.seconds is None else scene.images[::2]
            if shown:
                picture = Image.fromarray(np.concatenate(shown, 1))
                picture.thumbnail((CELL - 6, CELL - 6))
                sheet.paste(picture, (x + 3, y + 3))
            for row, exchange in enumerate(exchanges(Random(first + cell), scene, 3)):
                pen.text((x + 3, y + CELL + row * 21 - 4), exchange.question[:60], (255, 255, 160), system)
                pen.text((x + 3, y + CELL + row * 21 + 6), exchange.answer.replace('\n', '⏎')[:60], (255, 255, 255), system)
        sheet.save(out / f'{skill}.png')


if __name__ == '__main__':
    main()
