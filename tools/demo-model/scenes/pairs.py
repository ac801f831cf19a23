"""Two pictures: the change between two drawings of the same shapes, or the higher of two charts."""

from dataclasses import dataclass, replace
from random import Random

from scenes.charts import draw_chart, make_chart
from scenes.scene import Question, Scene, both, look, same, slots, yes_no
from scenes.shapes import Shape, article, outline, picture, place_of, scatter, unique
from scenes.surface import any_ground, distance, ground, named, wear
from scenes.words import COLOURS, PLACES, SHAPES


@dataclass
class Change:
    """The shapes after the change (new or different ones last), the sentence about it, the shape that left its place,
    and looks at the difference in the second picture."""

    after: list[Shape]
    sentence: dict[str, str]
    gone: Shape | None = None
    there: str = ''


def _change(rng: Random, before: list[Shape], height: int, width: int, behind: tuple[int, int, int]) -> Change | None:
    """None if the change would be hard to name. Marks: the first picture's shapes, the second's, the removed one."""
    pick = rng.choice(('colour', 'colour', 'move', 'add', 'remove', 'none'))
    named_shapes, count = [s for s, _ in unique(before)], len(before)
    if pick == 'none':
        return Change(list(before), both('Nothing changed.', '没有变化。'))
    if pick == 'add':
        added = [s for s in scatter(rng, 1, height, width, behind) if all((s.x - o.x) ** 2 + (s.y - o.y) ** 2 >
                 (1.1 * (s.radius + o.radius)) ** 2 for o in before)]
        if not added or any((s.kind, s.colour) == (added[0].kind, added[0].colour) for s in before):
            return None
        new = look(2 * count)
        sentence = both(f'{new}{article(added[0].english).capitalize()}{look()} was added.', f'{new}多了一个{added[0].chinese}{look()}。')
        return Change(before + added, sentence, there=new)
    if not named_shapes:
        return None
    shape = rng.choice(named_shapes)
    if sum((s.kind, s.colour) == (shape.kind, shape.colour) for s in before) > 1:
        return None
    rest, old = [s for s in before if s is not shape], before.index(shape)
    if pick == 'remove':
        gone = 2 * count - 1
        sentence = both(f'{look(gone)}The {look(old, gone)}{shape.english}{look()} is gone.', f'{look(old, gone)}{shape.chinese}{look()}不见了。')
        return Change(rest, sentence, shape, look(gone)) if rest else None
    new = 2 * count - 1
    if pick == 'colour':
        colour = rng.choice([c for c in COLOURS if c != shape.colour and distance(COLOURS[c][1], behind) > 185])
        if any((s.kind, s.colour) == (shape.kind, colour) for s in rest):
            return None
        was, now = look(old, new), look(new)
        sentence = both(
            f'{now}The {was}{shape.kind}{look()} changed from {was}{shape.colour}{look()} to {now}{colour}{look()}.',
            f'{was}{SHAPES[shape.kind]}{look()}从{was}{COLOURS[shape.colour][0]}{look()}变成了{now}{COLOURS[colour][0]}{look()}。')
        return Change(rest + [replace(shape, colour=colour)], sentence, there=now)
    for _ in range(12):
        x, y = rng.uniform(shape.radius, width - shape.radius), rng.uniform(shape.radius, height - shape.radius)
        far = abs(x - shape.x) > 0.3 * width or abs(y - shape.y) > 0.3 * height
        place = place_of(x, y, width, height)
        if far and place and place != place_of(shape.x, shape.y, width, height) and all(
                (x - o.x) ** 2 + (y - o.y) ** 2 > (1.1 * (shape.radius + o.radius)) ** 2 for o in rest):
            gone, now = 2 * count, look(new)
            sentence = both(f'{look(gone, new)}The {now}{shape.english}{look()} moved to the {now}{place}{look()}.',
                            f'{now}{shape.chinese}{look()}移到了{now}{PLACES[place]}{look()}。')
            return Change(rest + [replace(shape, x=x, y=y)], sentence, shape, look(gone, new))
    return None


def changed_scene(rng: Random) -> Scene:
    height, width = rng.choice([(128, 128), (160, 160), (192, 192), (128, 192), (192, 128)])
    behind = any_ground(rng)
    change = None
    while change is None:
        before = scatter(rng, rng.choice((1, 2, 2, 3, 3, 4)), height, width, behind)
        change = _change(rng, before, height, width, behind) if before else None
    pixels = ground(rng, height, width, behind)
    tints = {c: named(rng, c) for c in COLOURS}
    style, count, after = rng.random(), len(before), len(change.after)
    pictures = [picture(Random(style), shapes, pixels, behind, i, tints) for i, shapes in enumerate((before, change.after))]
    if change.gone:
        pictures[1].mark('nothing', change.gone.x, change.gone.y, outline(change.gone))
    is_same = {lang: change.there + text for lang, text in yes_no(not change.there).items()}
    first, second = look(*range(count)), look(*range(count, count + after))
    questions = [Question('what_changed', change.sentence, weight=3), Question('same_pictures', is_same),
                 Question('count_first', same(first + str(count)), weight=0.7), Question('count_second', same(second + str(after)), weight=0.7)]
    return Scene('pairs', [wear(rng, c.pixels, 0.7) for c in pictures], questions, pictures[0].marks + pictures[1].marks)


def _charts(rng: Random) -> Scene:
    height, width = rng.choice([(192, 192), (192, 224), (192, 256), (224, 224)])
    first = make_chart(rng, count=rng.randint(3, 4))
    second = replace(first, values=[max(1, min(first.top, v + rng.choice((-1, 1)) * max(1, round(first.top * rng.uniform(0.12, 0.5)))))
                                    for v in first.values])
    if not first.labelled:
        half = first.top // first.steps // 2
        second = replace(second, values=[half * rng.randint(1, 2 * first.steps) for _ in first.values])
    style = rng.random()
    drawn, one = draw_chart(Random(style), first, height, width)
    other_drawn, other = draw_chart(Random(style), second, height, width, 1, drawn.next_mark)
    questions = []
    for i, name in enumerate(first.names):
        if first.values[i] != second.values[i]:
            where = look(one.levels[i], other.levels[i])
            higher = both(where + 'The first', where + '第一张') if first.values[i] > second.values[i] else \
                both(where + 'The second', where + '第二张')
            questions.append(Question('higher_chart', higher, slots(x=same(name)), weight=2, named={'x': (one.begins[i], other.begins[i])}))
        questions.append(Question('value_in_first', same(one.values[i]), slots(x=same(name)), weight=0.5, named={'x': one.of(i)}))
        questions.append(Question('value_in_second', same(other.values[i]), slots(x=same(name)), weight=0.5, named={'x': other.of(i)}))
    return Scene('pairs', [wear(rng, c.pixels, 0.5) for c in (drawn, other_drawn)], questions, drawn.marks + other_drawn.marks)


def pairs_scene(rng: Random) -> Scene:
    return changed_scene(rng) if rng.random() < 0.6 else _charts(rng)
