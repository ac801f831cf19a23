"""Text to read: cards with words, numbers and short lines, number plates, price tags."""

from random import Random

from scenes.canvas import Canvas
from scenes.fonts import cut, fit_size, pick_face
from scenes.scene import Question, Scene, both, look, same, slots, spelled
from scenes.surface import any_ground, ground, ink_on, near, tilt, wear
from scenes.words import CHINESE_CHARACTERS, CHINESE_WORDS, ENGLISH_WORDS, ITEMS, PROVINCES, unlisted

PLATE_LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ'  # no I, O, Q: plates avoid letters that look like 1 and 0
ORDINALS = [both('first', '第一'), both('second', '第二'), both('third', '第三')]


def _word(rng: Random) -> str:
    """A word in some case, random letters (so that reading cannot become guessing), or a number."""
    pick = rng.random()
    if pick < 0.55:
        word = rng.choice(ENGLISH_WORDS)
        return rng.choice((word, word.upper(), word.capitalize(), word.upper()))
    if pick < 0.72:
        return ''.join(rng.choice('ABCDEFGHIJKLMNOPQRSTUVWXYZ') for _ in range(rng.randint(2, 6)))
    return number(rng)


def number(rng: Random) -> str:
    pick = rng.random()
    if pick < 0.5:
        return str(rng.randrange(10 ** rng.randint(1, 6)))
    if pick < 0.65:
        return f'{rng.randrange(1000)}.{rng.randrange(100):02d}'
    if pick < 0.75:
        return f'{rng.randrange(24):02d}:{rng.randrange(60):02d}'
    if pick < 0.85:
        return f'{rng.randrange(101)}%'
    return f'{rng.choice(PLATE_LETTERS)}{rng.randrange(1, 1000)}'


def _line(rng: Random) -> str:
    if rng.random() < 0.3:
        words = rng.choice(CHINESE_WORDS)
        return words + str(rng.randrange(1, 100)) if rng.random() < 0.15 else words
    return ' '.join(_word(rng) for _ in range(rng.choice((1, 1, 1, 2, 2, 3))))


def _card(rng: Random) -> Scene:
    """A card with one to three lines, each in its own size, in one or two faces."""
    count = rng.choice((1, 1, 1, 2, 2, 3))
    height, width = rng.choice(((64, 256), (96, 256), (128, 128), (128, 256), (96, 192)) if count == 1 else
                               ((128, 256), (192, 192), (160, 256), (256, 256), (192, 320)))
    behind = any_ground(rng)
    canvas = Canvas(ground(rng, height, width, behind))
    colour = ink_on(rng, behind)
    lines, shown, begins = [_line(rng) for _ in range(count)], [], []
    band = height / count
    style = rng.choice(('sans', 'bold', 'serif', 'mono', 'any'))
    middle = rng.random() < 0.6
    for row, text in enumerate(lines):
        face = pick_face(rng, text, style)
        smallest = 13 if any(ord(c) > 0x2000 for c in text) else 11
        size = fit_size(text, face, width * 0.9, int(band * rng.uniform(0.32, 0.72)), smallest)
        x, anchor = (width / 2, 'mm') if middle else (width * 0.05, 'lm')
        slack = max(0.0, (band - size * 1.2) / 2)
        shown.append(spelled(text, canvas.next_mark))
        begins.append(canvas.next_mark)
        canvas.text(text, x, (row + 0.5) * band + rng.uniform(-slack, slack) * 0.7, face, size, colour, anchor,
                    angle=rng.uniform(-8, 8) if count == 1 and rng.random() < 0.25 else 0)
    if rng.random() < 0.25 and count > 1:
        tilt(rng, canvas, 5)
    questions = [Question('read_all', same('\n'.join(shown)), weight=3), Question('count_lines', same(look(*begins) + str(count)), weight=0.2)]
    described = same(' / '.join(shown))
    questions.append(Question('describe', both(f'A card with the text: {described["en"]}', f'一张写着文字的卡片：{described["zh"]}'), weight=0.7))
    if count > 1:
        questions += [Question('read_line', same(text), slots(n=ORDINALS[row]), weight=1.5, named={'n': (begins[row],)})
                      for row, text in enumerate(shown)]
    return Scene('reading', [wear(rng, canvas.pixels)], questions, canvas.marks)


def _words(rng: Random) -> str:
    """Like _line, or a word that must be read letter by letter, in lower case as well."""
    word = unlisted(rng)
    return _line(rng) if rng.random() < 0.5 else rng.choice((word, word.lower(), word.lower(), word.upper()))


def page_scene(rng: Random) -> Scene:
    """A page full of print, for training only: ten times as many characters as on a card."""
    height, width = rng.choice(((128, 192), (192, 192), (192, 256), (256, 192), (224, 224), (256, 320), (288, 288), (256, 352)))
    behind = any_ground(rng)
    canvas = Canvas(ground(rng, height, width, behind))
    colour, style, left = ink_on(rng, behind), rng.choice(('sans', 'serif', 'mono', 'any', 'any')), width * rng.uniform(0.02, 0.08)
    shown: list[str] = []
    begins: list[int] = []
    y, chinese = rng.uniform(2, 12), rng.random() < 0.3
    while True:
        count = rng.choice((1, 3, 6))
        # All Chinese characters are equally frequent: some occur in one word only, or on number plates.
        text = ''.join(rng.choices(CHINESE_CHARACTERS, k=4 * count)) if chinese else ' '.join(_words(rng) for _ in range(count))
        face = pick_face(rng, text, style)
        smallest = 12 if any(ord(c) > 0x2000 for c in text) else 10
        size = smallest + rng.choice((0, 1, 2, 4, 8, 16, 30))
        if y + size * 1.3 > height:
            break
        text = cut(text, face, size, width - left - 4)
        shown.append(spelled(text, canvas.next_mark))
        begins.append(canvas.next_mark)
        canvas.text(text, left, y + size * 0.65, face, size, colour, 'lm')
        y += size * rng.uniform(1.25, 1.6)
    if rng.random() < 0.3:
        tilt(rng, canvas, 4)
    questions = [Question('read_line', same(text), slots(n=ORDINALS[row]), named={'n': (begins[row],)}) for row, text in enumerate(shown[:3])]
    return Scene('reading', [wear(rng, canvas.pixels)], questions, canvas.marks)


def _plate_text(rng: Random) -> tuple[str, str]:
    """(country style, number)"""
    letters = ''.join(rng.choice(PLATE_LETTERS) for _ in range(3))
    digits = f'{rng.randrange(10000):04d}'
    style = rng.choice(('eu', 'uk', 'us', 'cn', 'cn'))
    if style == 'eu':
        return style, f'{letters[0]}-{letters[1:]} {digits[:rng.randint(2, 4)]}'
    if style == 'uk':
        return style, f'{letters[:2]}{digits[:2]} {"".join(rng.choice(PLATE_LETTERS) for _ in range(3))}'
    if style == 'us':
        return style, rng.choice((f'{letters} {digits}', f'{digits[0]}{letters}{digits[1:]}'))
    tail = ''.join(rng.choice('0123456789' * 2 + PLATE_LETTERS) for _ in range(5))
    return style, f'{rng.choice(PROVINCES)}{letters[0]}·{tail}'


PLATE_COLOURS = {  # style → (plate, ink)
    'eu': ((245, 245, 242), (20, 20, 24)), 'uk': ((248, 208, 50), (20, 20, 24)), 'us': ((240, 243, 248), (30, 50, 110)),
    'cn': ((25, 75, 165), (250, 250, 250)),
}


def _plate(rng: Random) -> Scene:
    height, width = rng.choice(((96, 256), (128, 256), (128, 192), (192, 256), (160, 256)))
    behind = near(rng, rng.choice(((60, 62, 66), (150, 30, 35), (40, 60, 110), (190, 192, 195), (28, 28, 30))), 20)
    canvas = Canvas(ground(rng, height, width, behind))
    style, text = _plate_text(rng)
    plate_w = width * rng.uniform(0.72, 0.94)
    plate_h = min(height * 0.8, plate_w * rng.uniform(0.24, 0.34))
    x0, y0 = (width - plate_w) / 2, rng.uniform(0.1 * height, 0.9 * height - plate_h)
    fill, ink = PLATE_COLOURS[style]
    canvas.box(x0, y0, x0 + plate_w, y0 + plate_h, near(rng, fill, 8))
    canvas.frame(x0 + 2, y0 + 2, x0 + plate_w - 2, y0 + plate_h - 2, ink, 1)
    left = x0 + 4
    if style == 'eu':
        canvas.box(x0 + 2, y0 + 2, x0 + plate_w * 0.08, y0 + plate_h - 2, (20, 60, 150))
        left = x0 + plate_w * 0.08
    face = pick_face(rng, text, 'bold')
    size = fit_size(text, face, (x0 + plate_w - left) * 0.9, int(plate_h * 0.8), 14)
    shown = spelled(text, canvas.next_mark)
    canvas.text(text, (left + x0 + plate_w) / 2, y0 + plate_h / 2, face, size, ink, 'mm')
    if rng.random() < 0.4:
        tilt(rng, canvas, 7)
    described = both(f'A number plate: {shown}.', f'一块车牌：{shown}。')
    questions = [Question('plate', same(shown), weight=3), Question('describe', described), Question('read_all', same(shown))]
    return Scene('reading', [wear(rng, canvas.pixels)], questions, canvas.marks)


def money(rng: Random) -> str:
    amount = f'{rng.choice((rng.randrange(1, 10), rng.randrange(10, 100), rng.randrange(100, 1000)))}.' \
             f'{rng.choice(("00", "50", "99", "95", f"{rng.randrange(100):02d}"))}'
    return amount


def _price_tag(rng: Random) -> Scene:
    height, width = rng.choice(((128, 192), (128, 256), (192, 192), (192, 256), (160, 160)))
    behind = any_ground(rng)
    canvas = Canvas(ground(rng, height, width, behind))
    card = near(rng, rng.choice(((255, 252, 240), (255, 232, 90), (250, 250, 250), (215, 35, 45))), 6)
    x0, y0, x1, y1 = width * 0.06, height * 0.08, width * 0.94, height * 0.92
    canvas.box(x0, y0, x1, y1, card)
    ink = ink_on(rng, card)
    chinese = rng.random() < 0.4
    english_item = rng.choice(list(ITEMS))
    item = ITEMS[english_item] if chinese else english_item
    currency = '¥' if chinese else rng.choice('$€£$')
    price = currency + money(rng)
    face = pick_face(rng, item, rng.choice(('sans', 'bold')))
    shown_item = spelled(item, canvas.next_mark)
    canvas.text(item, (x0 + x1) / 2, y0 + (y1 - y0) * 0.24, face, fit_size(item, face, (x1 - x0) * 0.8, int(height * 0.17), 13), ink, 'mm')
    face = pick_face(rng, '', 'bold')
    shown_price = spelled(price, canvas.next_mark)
    canvas.text(price, (x0 + x1) / 2, y0 + (y1 - y0) * 0.62, face, fit_size(price, face, (x1 - x0) * 0.85, int(height * 0.36), 14), ink, 'mm')
    if rng.random() < 0.4:
        tilt(rng, canvas, 8)
    described = both(f'A price tag: {shown_item}, {shown_price}.', f'一张价签：{shown_item}，{shown_price}。')
    questions = [Question('price', same(shown_price), weight=3), Question('price_item', same(shown_item)),
                 Question('describe', described), Question('read_all', same(f'{shown_item}\n{shown_price}'))]
    return Scene('reading', [wear(rng, canvas.pixels)], questions, canvas.marks)


def reading_scene(rng: Random) -> Scene:
    return rng.choice((_card, _card, _card, _plate, _price_tag))(rng)
