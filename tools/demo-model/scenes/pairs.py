"""Two pictures: what changed between two drawings of the same shapes, or which of two charts is higher."""

from dataclasses import replace
from random import Random

from scenes.charts import draw_chart, make_chart
from scenes.scene import Question, Scene, both, look, same, slots, yes_no
from scenes.shapes import Shape, article, picture, place_of, scatter, unique
from scenes.surface import any_ground, distance, ground, named, wear
from scenes.words import COLOURS, PLACES, SHAPES


def _change(rng: Random, before: list[Shape], height: int, width: int, behind: tuple[int, int, int]) -> tuple[list[Shape], dict[str, str]] | None:
    """The shapes afterwards (what is new or different last) and the sentence about it; None where the drawn change would be hard
    to name."""
    pick = rng.choice(('colour', 'colour', 'move', 'add', 'remove', 'none'))
    named_shapes = [s for s, _ in unique(before)]
    if pick == 'none':
        return list(before), both('Nothing changed.', '没有变化。')
    if pick == 'add':
        added = [s for s in scatter(rng, 1, height, width, behind) if all((s.x - o.x) ** 2 + (s.y - o.y) ** 2 >
                 (1.1 * (s.radius + o.radius)) ** 2 for o in before)]
        if not added or any((s.kind, s.colour) == (added[0].kind, added[0].colour) for s in before):
            return None
        new = look(2 * len(before))
        return before + added, both(f'{new}{article(added[0].english).capitalize()}{look()} was added.', f'多了一个{new}{added[0].chinese}{look()}。')
    if not named_shapes:
        return None
    shape = rng.choice(named_shapes)
    if sum((s.kind, s.colour) == (shape.kind, shape.colour) for s in before) > 1:
        return None
    rest = [s for s in before if s is not shape]
    old, new = look(before.index(shape)), look(2 * len(before) - 1)
    if pick == 'remove':
        return (rest, both(f'The {old}{shape.english}{look()} is gone.', f'{old}{shape.chinese}{look()}不见了。')) if rest else None
    if pick == 'colour':
        colour = rng.choice([c for c in COLOURS if c != shape.colour and distance(COLOURS[c][1], behind) > 185])
        if any((s.kind, s.colour) == (shape.kind, colour) for s in rest):
            return None
        return rest + [replace(shape, colour=colour)], both(
            f'The {old}{shape.kind}{look()} changed from {old}{shape.colour}{look()} to {new}{colour}{look()}.',
            f'{old}{SHAPES[shape.kind]}{look()}从{old}{COLOURS[shape.colour][0]}{look()}变成了{new}{COLOURS[colour][0]}{look()}。')
    for _ in range(12):
        x, y = rng.uniform(shape.radius, width - shape.radius), rng.uniform(shape.radius, height - shape.radius)
        far = abs(x - shape.x) > 0.3 * width or abs(y - shape.y) > 0.3 * height
        place = place_of(x, y, width, height)
        if far and place and place != place_of(shape.x, shape.y, width, height) and all(
                (x - o.x) ** 2 + (y - o.y) ** 2 > (1.1 * (shape.radius + o.radius)) ** 2 for o in rest):
            target = {'en': place if place.startswith(('top ', 'bottom ')) else place, 'zh': PLACES[place]}
            return rest + [replace(shape, x=x, y=y)], both(
                f'The {old}{shape.english}{look()} moved to the {new}{target["en"]}{look()}.',
                f'{old}{shape.chinese}{look()}移到了{new}{target["zh"]}{look()}。')
    return None


def _changed(rng: Random) -> Scene:
    height, width = rng.choice([(128, 128), (160, 160), (192, 192), (128, 192), (192, 128)])
    behind = any_ground(rng)
    outcome = None
    while outcome is None:
        before = scatter(rng, rng.choice((1, 2, 2, 3, 3, 4)), height, width, behind)
        outcome = _change(rng, before, height, width, behind) if before else None
    after, sentence = outcome
    pixels = ground(rng, height, width, behind)
    tints = {c: named(rng, c) for c in COLOURS}
    style = rng.random()
    pictures = [picture(Random(style), shapes, pixels, behind, i, tints) for i, shapes in enumerate((before, after))]
    questions = [Question('what_changed', sentence, weight=3), Question('same_pictures', yes_no(sentence['en'] == 'Nothing changed.')),
                 Question('count_first', same(str(len(before))), weight=0.7), Question('count_second', same(str(len(after))), weight=0.7)]
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
            questions.append(Question('higher_chart', higher, slots(x=same(name)), weight=2))
        questions.append(Question('value_in_first', same(one.values[i]), slots(x=same(name)), weight=0.5))
        questions.append(Question('value_in_second', same(other.values[i]), slots(x=same(name)), weight=0.5))
    return Scene('pairs', [wear(rng, c.pixels, 0.5) for c in (drawn, other_drawn)], questions, drawn.marks + other_drawn.marks)


def pairs_scene(rng: Random) -> Scene:
    return _changed(rng) if rng.random() < 0.6 else _charts(rng)
