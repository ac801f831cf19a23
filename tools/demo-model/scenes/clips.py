"""Short clips of a moving ball: its direction, and the time at which it changes colour.

Frames come in pairs, as in the model's input; each pair has the mean of its two times. A colour changes between
pairs, so that the answer is a time stamp that the model receives.
"""

from random import Random

from scenes.canvas import Canvas
from scenes.scene import Question, Scene, both, look, slots, stamp
from scenes.shapes import Shape, draw
from scenes.surface import any_ground, distance, ground, named, wear
from scenes.words import COLOURS, DIRECTIONS

STEPS = {'left': (-1, 0), 'right': (1, 0), 'up': (0, -1), 'down': (0, 1)}


def clips_scene(rng: Random) -> Scene:
    height, width = rng.choice([(96, 96), (128, 128), (128, 128), (96, 160), (128, 192), (160, 96)])
    pairs = rng.randint(2, 6) if height * width < 20000 else rng.randint(2, 4)
    rate = rng.choice((10, 5, 4, 2.5, 2, 2, 2, 1))  # frames per second
    # Computed like the reference, so that a rounding tie falls the same way when the engine formats the mean.
    seconds = [(2 * k / rate + (2 * k + 1) / rate) / 2 for k in range(pairs)]
    behind = any_ground(rng)
    pixels = ground(rng, height, width, behind)
    first, second = rng.sample([c for c in COLOURS if distance(COLOURS[c][1], behind) > 185], 2)
    turns = rng.randrange(1, pairs) if rng.random() < 0.75 else None
    heading = rng.choice(list(STEPS))
    dx, dy = STEPS[heading]
    radius = rng.uniform(0.09, 0.17) * min(height, width)
    travel = rng.uniform(0.55, 0.95) * ((width if dx else height) - 2 * radius - 4)
    x = width / 2 - dx * travel / 2 if dx else rng.uniform(radius + 2, width - radius - 2)
    y = height / 2 - dy * travel / 2 if dy else rng.uniform(radius + 2, height - radius - 2)
    tints = {c: named(rng, c) for c in (first, second)}
    frames, marks = [], []
    worn = rng.randrange(2 ** 30)
    for frame in range(2 * pairs):
        progress = frame / (2 * pairs - 1)
        colour = first if turns is None or frame // 2 < turns else second
        canvas = Canvas(pixels.copy(), frame)
        ball = Shape('circle', colour, x + dx * travel * progress, y + dy * travel * progress, radius)
        draw(canvas, ball, tints[colour], None, behind)
        marks += canvas.marks
        frames.append(wear(Random(worn), canvas.pixels, 0.6))
    return Scene('clips', frames, _questions(rng, first, second, turns, heading, seconds), marks, seconds, rate)


def _questions(rng: Random, first: str, second: str, turns: int | None, heading: str, seconds: list[float]) -> list[Question]:
    last = second if turns is not None else first
    # A mark per frame: the ball.
    start, end, both_ends = look(0), look(2 * len(seconds) - 1), look(0, 2 * len(seconds) - 1)
    moves = both(both_ends + heading + look(), both_ends + DIRECTIONS[heading] + look())
    begins = both(start + first + look(), start + COLOURS[first][0] + look())
    ends = both(end + last + look(), end + COLOURS[last][0] + look())
    questions = [Question('direction', both(both_ends + heading.capitalize(), moves['zh']), weight=2),
                 Question('colour_start', begins), Question('colour_end', ends)]
    target = second if turns is not None else rng.choice([c for c in COLOURS if c != first])
    slot = slots(x=both(target, COLOURS[target][0]))
    if turns is None:
        when = both(f'It never turns {target}.', f'它没有变成{COLOURS[target][0]}。')
        then = both(f'and stays {begins["en"]}', f'始终是{begins["zh"]}')
    else:
        shown = f'{seconds[turns]:.1f}'
        time = ''.join(look(stamp(2 * len(seconds), turns, place)) + c for place, c in enumerate(shown)) + look()
        # The first word already looks at the frame of the change: whether there is one decides the word.
        then_shown = look(2 * turns)
        when = both(f'{then_shown}At{look()} {time} seconds', f'{time}秒')
        then = both(f'and turns from {begins["en"]} to {ends["en"]} at {time} seconds', f'在{time}秒从{begins["zh"]}变成{ends["zh"]}')
    named = {'x': () if turns is None else (2 * turns,)}
    questions.append(Question('when_turns', when, slot, weight=3, named=named))
    questions.append(Question('describe', both(f'A ball moves {moves["en"]} {then["en"]}.', f'一个球{moves["zh"]}移动，{then["zh"]}。'), weight=1.5))
    return questions
