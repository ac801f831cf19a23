"""Packs the fonts of the scenes: writes each face, reduced to the characters in use, to .cache/fonts.

Needs fontTools and the packages named in fonts.sh. A face that lacks one of its characters is rejected, so that a
scene never shows an empty box.
"""

import json
import logging
import subprocess
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

from scenes.words import CHINESE_CHARACTERS, LATIN_CHARACTERS

FONT_ROOT = Path('/usr/share/fonts')
OUT = Path(__file__).parent / '.cache' / 'fonts'

# (file name, style): the style lets a scene ask for a face that suits it (a receipt is monospaced).
LATIN_FACES = [
    ('DejaVuSans.ttf', 'sans'), ('DejaVuSans-Bold.ttf', 'bold'), ('DejaVuSansCondensed.ttf', 'sans'),
    ('DejaVuSerif.ttf', 'serif'), ('DejaVuSerif-Bold.ttf', 'serif'), ('DejaVuSansMono.ttf', 'mono'),
    ('DejaVuSansMono-Bold.ttf', 'mono'), ('LiberationSans-Regular.ttf', 'sans'), ('LiberationSans-Bold.ttf', 'bold'),
    ('LiberationSerif-Regular.ttf', 'serif'), ('LiberationSerif-Bold.ttf', 'serif'),
    ('LiberationMono-Regular.ttf', 'mono'), ('LiberationSansNarrow-Bold.ttf', 'bold'), ('Roboto-Regular.ttf', 'sans'),
    ('Roboto-Bold.ttf', 'bold'), ('Roboto-Medium.ttf', 'sans'), ('OpenSans-Regular.ttf', 'sans'),
    ('OpenSans-Semibold.ttf', 'bold'), ('Lato-Regular.ttf', 'sans'), ('Lato-Heavy.ttf', 'bold'),
    ('FreeSans.ttf', 'sans'), ('FreeSerif.ttf', 'serif'), ('FreeMonoBold.ttf', 'mono'), ('Inconsolata.otf', 'mono'),
    ('FiraCode-Medium.ttf', 'mono'), ('Carlito-Regular.ttf', 'sans'), ('Carlito-Bold.ttf', 'bold'),
    ('Caladea-Regular.ttf', 'serif'), ('Comfortaa-Bold.ttf', 'bold'), ('Cantarell-Regular.otf', 'sans'),
    ('EBGaramond12-Regular.otf', 'serif'), ('Quicksand-Bold.ttf', 'bold'), ('Play-Regular.ttf', 'sans'),
    ('Hack-Regular.ttf', 'mono'), ('JetBrainsMono-Medium.ttf', 'mono'), ('PTS55F.ttf', 'sans'),
    ('PTS75F.ttf', 'bold'), ('PTM55F.ttf', 'mono'),
]
# (file name, face index in the collection, style). Index 2 of the Noto collections is simplified Chinese.
CHINESE_FACES = [
    ('NotoSansCJK-Regular.ttc', 2, 'sans'), ('NotoSansCJK-Bold.ttc', 2, 'bold'), ('NotoSerifCJK-Regular.ttc', 2, 'serif'),
    ('NotoSerifCJK-Bold.ttc', 2, 'serif'), ('wqy-zenhei.ttc', 0, 'sans'), ('wqy-microhei.ttc', 0, 'sans'),
    ('ukai.ttc', 0, 'serif'), ('uming.ttc', 0, 'serif'),
]


def find(name: str) -> Path:
    """The path of a font file below the system's font folder; FileNotFoundError if its package is not installed."""
    for path in sorted(FONT_ROOT.rglob('*')):
        if path.name == name:
            return path
    raise FileNotFoundError(f'{name}: run fonts.sh to install the font packages')


def pack(font: TTFont, characters: str, target: Path) -> None:
    """Writes `font` with only `characters`, and without layout features, because the scenes set glyph by glyph."""
    missing = {c for c in characters if ord(c) not in font.getBestCmap()}
    if missing:
        raise ValueError(f'{target.name} lacks {"".join(sorted(missing))}')
    options = subset.Options(layout_features=[], name_IDs=[], notdef_outline=True, hinting=True, glyph_names=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters)
    cutter.subset(font)
    font.save(target)


def main() -> None:
    logging.getLogger('fontTools').setLevel(logging.ERROR)
    OUT.mkdir(parents=True, exist_ok=True)
    faces = []
    for name, style in LATIN_FACES:
        try:
            pack(TTFont(find(name)), LATIN_CHARACTERS, OUT / f'{name.rsplit(".", 1)[0].replace(" ", "")}.ttf')
        except ValueError as error:
            print('left out:', error)
            continue
        faces.append({'file': f'{name.rsplit(".", 1)[0].replace(" ", "")}.ttf', 'style': style, 'script': 'latin'})
    for name, index, style in CHINESE_FACES:
        target = OUT / f'{name.rsplit(".", 1)[0]}.ttf'
        pack(TTCollection(find(name)).fonts[index], LATIN_CHARACTERS + CHINESE_CHARACTERS, target)
        faces.append({'file': target.name, 'style': style, 'script': 'chinese'})
    versions = subprocess.run(['dpkg-query', '-W', '-f', '${Package} ${Version}\n', 'fonts-*'], capture_output=True,
                              text=True, check=False).stdout.splitlines()
    (OUT / 'fonts.json').write_text(json.dumps({'faces': faces, 'packages': versions}, indent=1))
    print(f'{len(faces)} faces, {sum(p.stat().st_size for p in OUT.iterdir()) / 1e6:.1f} MB')


if __name__ == '__main__':
    main()
