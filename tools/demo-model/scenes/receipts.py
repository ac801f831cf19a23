"""Till receipts: shop, date, items with prices, total; questions ask for one fact or for JSON with chosen keys."""

import json
from random import Random

import numpy as np

from scenes.canvas import Canvas
from scenes.fonts import pick_face, set_line
from scenes.scene import Question, Scene, both, look, same, slots, spelled
from scenes.surface import clouds, near, tilt, wear
from scenes.words import ITEMS, RECEIPT_WORDS, SHOPS, unlisted

SIZES = [(256, 192), (256, 192), (288, 192), (256, 224), (320, 224), (384, 256)]
LOOSE_SIZES = [(256, 256), (288, 288), (288, 320), (256, 288), (320, 256), (384, 224), (416, 224), (224, 288)]
KINDS_OF_SHOPS = {'en': ('Market', 'Store', 'Cafe', 'Books', 'Bakery', 'Deli', 'Grocery', 'Bar', 'Hotel'), 'zh': ('商店', '超市', '书店', '餐厅', '药店')}
KEYS = {'shop': '店名', 'date': '日期', 'total': '总价'}


def _date(rng: Random, chinese: bool) -> str:
    year, month, day = rng.randint(2018, 2027), rng.randint(1, 12), rng.randint(1, 28)
    style = rng.randrange(3)
    if chinese and style == 0:
        return f'{year}年{month}月{day}日'
    return (f'{year}-{month:02d}-{day:02d}', f'{day:02d}/{month:02d}/{year}', f'{day:02d}.{month:02d}.{year}')[style]


def loose_scene(rng: Random) -> Scene:
    """A receipt in the style of printers and web pages, for training only: fills the picture with more and closer
    lines."""
    return receipts_scene(rng, loose=True)


def receipts_scene(rng: Random, loose: bool = False) -> Scene:
    height, width = rng.choice(LOOSE_SIZES if loose else SIZES)
    chinese = rng.random() < 0.45
    english_shop = rng.choice(list(SHOPS))
    shop = SHOPS[english_shop] if chinese else english_shop
    date = _date(rng, chinese)
    currency = '¥' if chinese else rng.choice('$€£$')
    cents = [rng.choice((50, 99, 95, 0, rng.randrange(100))) + 100 * rng.choice((rng.randrange(1, 10), rng.randrange(1, 60)))
             for _ in range(rng.randint(1, 5))]
    bought = rng.sample(list(ITEMS), len(cents))
    items = [(ITEMS[k] if chinese else k, f'{c // 100}.{c % 100:02d}') for k, c in zip(bought, cents)]
    if loose and rng.random() < 0.5:
        shop = f'{unlisted(rng, chinese)}{"" if chinese else " "}{rng.choice(KINDS_OF_SHOPS["zh" if chinese else "en"])}'
    if loose and rng.random() < 0.6:
        items = [(name, items[i][1]) for i, name in enumerate({unlisted(rng, chinese): 0 for _ in items})]
        cents = cents[:len(items)]
    tax = sum(cents) * rng.randint(3, 20) // 100 if loose and rng.random() < 0.3 else 0
    total = f'{currency}{(sum(cents) + tax) // 100}.{(sum(cents) + tax) % 100:02d}'
    if loose and rng.random() < 0.2:
        shop, items = shop.upper(), [(name.upper(), price) for name, price in items]

    def word(key: str) -> str:
        return RECEIPT_WORDS[key] if chinese else key

    table = near(rng, rng.choice(((120, 90, 65), (70, 72, 78), (185, 170, 150), (45, 60, 80))), 25)
    pixels = np.clip(np.array(table, np.int16) + (clouds(rng, height, width) * 22).astype(np.int16)[:, :, None], 0, 255)
    canvas = Canvas(pixels.astype(np.uint8))
    paper = near(rng, (250, 249, 244), 5)
    x0, x1 = width * rng.uniform(0.02, 0.05), width * rng.uniform(0.95, 0.98)
    y0, y1 = height * rng.uniform(0.01, 0.03), height * rng.uniform(0.95, 0.985)
    if loose and rng.random() < 0.7:
        x0, x1, y0, y1 = 0, width, 0, height
    canvas.box(x0, y0, x1, y1, paper)
    ink = near(rng, (45, 45, 50), 20)
    face = pick_face(rng, '中' if chinese else '', rng.choice(('mono', 'mono', 'sans')))
    rows: list[tuple[str, str, float]] = [(shop, 'title', 1.35)]
    if loose and not chinese and rng.random() < 0.5:
        rows.append((f'{rng.randrange(1, 200)} {rng.choice(("High Street", "Main Road", "Park Lane", "Mill Street"))}', 'middle', 1))
    if rng.random() < 0.4:
        rows.append((word('Tel') + f': {rng.randrange(10**7, 10**8)}', 'middle', 1))
    dated = word('Date') + f': {date}' if rng.random() < 0.7 else date
    if rng.random() < 0.3:
        dated += f' {rng.randrange(24):02d}:{rng.randrange(60):02d}'
    rows.append((dated, 'left' if rng.random() < 0.7 else 'middle', 1))
    rows.append(('', 'rule', 0.5))
    sign = currency if loose and rng.random() < 0.3 else ''
    rows += [(f'{name}\t{sign}{price}', 'pair', 1) for name, price in items]
    rows.append(('', 'rule', 0.5))
    if tax:
        rows.append((f'{word("Subtotal")}\t{sign}{sum(cents) // 100}.{sum(cents) % 100:02d}', 'pair', 1))
        rows.append((f'{word("Tax")}\t{sign}{tax // 100}.{tax % 100:02d}', 'pair', 1))
    due = rng.choice(('TOTAL', 'TOTAL', 'Total:', 'Amount due', 'Grand total')) if loose and not chinese else word('Total')
    rows.append((f'{due}\t{total}', 'pair', 1.2))
    if rng.random() < 0.4:
        paid = ((sum(cents) + tax) // 100 // 10 + 1) * 10
        rows.append((f'{word("Cash")}\t{paid}.00', 'pair', 1))
    if rng.random() < 0.5:
        rows.append((word('Thank you'), 'middle', 1))
    # The texts that were drawn, by the key of their line: the left part (or the whole line), and the right part.
    shown: dict[str, str] = {}
    shown_prices: dict[str, str] = {}
    begins: dict[str, tuple[int, int]] = {}  # the first marks of a name and of its price
    unit = (y1 - y0 - 8) / (sum(r[2] for r in rows) + 1)
    size = int(min(unit * 0.72, (x1 - x0) / 12.5))
    size = max(11 if not chinese else 13, size)
    left, right, y = x0 + width * 0.05, x1 - width * 0.05, y0 + unit * 0.6
    if loose:
        size = min(size + rng.randint(-3, 1), int(unit * 0.85)) if unit > 15 else size
        size = max(11 if not chinese else 13, size)
        unit = min(unit, size * rng.uniform(1.15, 1.8))
        if rng.random() < 0.3:
            right -= width * rng.uniform(0, 0.2)
        face = pick_face(rng, '中' if chinese else '', 'any')
    dashed = loose and rng.random() < 0.4
    for text, layout, tall in rows:
        middle = y + unit * tall / 2
        y += unit * tall
        if layout == 'rule':
            grey, dash = near(rng, (120, 120, 120), 20), 6 if dashed else right - left
            for start in np.arange(left, right, dash + 4):
                canvas.line([(start, middle), (min(start + dash, right), middle)], grey)
            continue
        big = round(size * min(tall, 1.2))
        while layout != 'pair' and big > 9 and set_line(text, face, big).alpha.shape[1] > right - left:
            big -= 1
        if layout == 'pair':
            name, price = text.split('\t')
            while loose and big > 9 and set_line(f'{name}  {price}', face, big).alpha.shape[1] > right - left:
                big -= 1
            name_at = canvas.next_mark
            shown[name] = spelled(name, canvas.next_mark)
            canvas.text(name, left, middle, face, big, ink, 'lm')
            start = 0 if name == due else len(sign)
            shown_prices[name], begins[name] = spelled(price[start:], canvas.next_mark + start), (name_at, canvas.next_mark)
            canvas.text(price, right, middle, face, big, ink, 'rm')
        else:
            start = text.index(date) if date in text else 0
            part = date if date in text else text
            shown[part] = spelled(part, canvas.next_mark + len(text[:start].replace(' ', '')))
            x, anchor = (left, 'lm') if layout == 'left' else ((x0 + x1) / 2, 'mm')
            canvas.text(text, x, middle, face, big, ink, anchor)
    if rng.random() < 0.5:
        tilt(rng, canvas, 4)
    facts = {'shop': shown[shop], 'date': shown[date], 'total': shown_prices[due]}
    sold = [(name, shown[name], shown_prices[name], begins[name]) for name, _ in items]
    return Scene('receipts', [wear(rng, canvas.pixels, 0.8)], _questions(rng, facts, sold, currency), canvas.marks)


def _questions(rng: Random, facts: dict[str, str], items: list[tuple[str, str, str, tuple[int, int]]], currency: str) -> list[Question]:
    """`items` are: name, name with looks, price with looks, and the first marks of name and price."""
    shop, date, total = facts.values()
    questions = [Question('receipt_total', same(total), weight=1.5), Question('receipt_date', same(date), weight=1.5),
                 Question('receipt_shop', same(shop), weight=1.5),
                 Question('receipt_count', same(look(*(begin for *_, (begin, _) in items)) + str(len(items))), weight=0.4)]
    name, _, price, begin = rng.choice(items)
    questions.append(Question('receipt_price', same(currency + price), slots(x=same(name)), weight=1.5, named={'x': begin}))
    keys = rng.sample(list(facts), rng.randint(2, 3))
    answers = {lang: json.dumps({k if lang == 'en' else KEYS[k]: facts[k] for k in keys}, ensure_ascii=False) for lang in ('en', 'zh')}
    questions.append(Question('receipt_json', answers, slots(keys=both(', '.join(keys), '、'.join(KEYS[k] for k in keys))), weight=2.5))
    listing = both(*(comma.join(f'{n} {p}' for _, n, p, _ in items) for comma in (', ', '，')))
    questions.append(Question('receipt_items', listing, weight=2))
    questions.append(Question('describe', both(f'A receipt from {shop}, dated {date}, total {total}.', f'一张{shop}的收据，日期{date}，合计{total}。')))
    return questions
