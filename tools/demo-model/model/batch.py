"""Collates samples into one batch: prompts with several conversations per picture, patches, positions, targets.

All arrays here are plain NumPy, so that the rendering processes can make them; place() moves a batch to a device.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

import numpy as np
import torch
from tokenizers import Tokenizer

from model import config as ids
from model.config import ModelConfig
from model.vision import Segment, position_taps, rotary_angles
from scenes.marks import CLASS_OF, NOTHING, TARGETS, cells_of, extent_of, ordered_at, sides_of
from scenes.phrasings import phrasings
from scenes.sample import Exchange, exchanges
from scenes.scene import STAMP, WHOLE, Look, Scene, stamp


KINDS = sorted(phrasings())
UNKNOWN = (-1.0,) * 4
LOOKING_HEADS = 2  # number of attention heads that are taught where to look
RECALLED = 4  # number of answer tokens that recall the names in the question
MEANT = 8  # number of answer tokens at which the question's kind must be known
CELLS_OF_A_MARK = 8  # number of cells sampled at random from those that show a mark


@dataclass
class Seen:
    """A mark as an extra target of the vision encoder: the cells (token, cell) that show it, class, box (or
    UNKNOWN)."""

    cells: list[tuple[int, int]]
    kind: int
    box: tuple[float, ...]


@dataclass
class Picture:
    """One entry of the vision sequence: a still, or two frames of a clip. patches (N, 768) or (N, 2, 768) uint8."""

    patches: np.ndarray
    height: int  # patches
    width: int
    places: np.ndarray  # (N / 4,) flat places of its tokens in (B, T)
    marks: list[Seen] = field(default_factory=list)


def to_patches(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 → (N, 768) uint8 in the processor's order: blocks of 2×2 patches; in a patch channel, y, x."""
    h, w = image.shape[0] // 32, image.shape[1] // 32
    blocks = image.reshape(h, 2, 16, w, 2, 16, 3).transpose(0, 3, 1, 4, 6, 2, 5)
    return np.ascontiguousarray(blocks).reshape(-1, 768)


class Prompt:
    """One row of the batch under construction."""

    def __init__(self, tokenizer: Tokenizer, row: int, length: int):
        self.tokenizer, self.row, self.length = tokenizer, row, length
        self.tokens: list[int] = []
        self.positions: list[np.ndarray] = []  # pieces of (3, n)
        self.turns: list[int] = []
        self.next = 0  # position of the next token
        self.targets: list[tuple[int, int, int]] = []  # (place of the token before, token, exchange)
        self.shown: dict[Look, list[int]] = {}  # look → the places in this row whose tokens show it
        self.looks: list[tuple[int, list[list[int]]]] = []  # (place, for each head the places at which it looks)
        self.recalls: list[tuple[int, list[list[int]]]] = []  # (place before an answer token, by head name ends)
        self.asked: list[tuple[int, int]] = []  # (place before an answer token, number of the question's kind)
        self.boxes: dict[int, tuple[float, ...]] = {}  # mark → box; a point for a mark without an outline
        self.characters: set[int] = set()  # marks that are characters of a text
        self.known: list[tuple[int, tuple[float, ...]]] = []  # (place, box of the only thing at which the place looks)

    def encode(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def text(self, tokens: list[int], turn: int) -> None:
        self.positions.append(np.broadcast_to(np.arange(self.next, self.next + len(tokens)), (3, len(tokens))))
        self.tokens += tokens
        self.turns += [turn] * len(tokens)
        self.next += len(tokens)

    def stamp(self, scene: Scene, pair: int) -> None:
        """Adds the time stamp before a pair of frames; answers can look at its characters."""
        encoded = self.tokenizer.encode(scene.time_stamp(pair), add_special_tokens=False)
        for i, (start, end) in enumerate(encoded.offsets):
            for place in range(max(0, start - 1), min(STAMP, end - 1)):  # the stamp begins with <
                self.shown[stamp(len(scene.marks), pair, place), WHOLE] = [len(self.tokens) + i]
        self.text(encoded.ids, 0)

    def picture(self, height: int, width: int, pad: int) -> np.ndarray:
        """Adds the tokens of a picture of height × width tokens, between start and end token; returns flat places."""
        self.text([ids.VISION_START], 0)
        first = self.row * self.length + len(self.tokens)
        rows, columns = np.divmod(np.arange(height * width), width)
        self.positions.append(self.next + np.stack([np.zeros_like(rows), rows, columns]))
        self.tokens += [pad] * (height * width)
        self.turns += [0] * (height * width)
        self.next += max(height, width)
        self.text([ids.VISION_END], 0)
        return np.arange(first, first + height * width)


    def look(self, at: int, looks: Collection[Look]) -> None:
        """Teaches the flat place `at` to look at the tokens that show `looks`."""
        shown = [self.shown.get(look, []) for look in dict.fromkeys(looks)]
        if any(shown):
            self.looks.append((at, by_head(shown)))
        # Among things and characters, the place knows the thing's box. Among characters alone, it knows the box of the
        # last one, from which the next one is found.
        known = [mark for mark, _ in looks if mark in self.boxes]
        things = {mark for mark in known if mark not in self.characters} or set(known[-1:])
        if len(things) == 1:
            self.known.append((at, self.boxes[things.pop()]))


def lay_out(prompt: Prompt, scene: Scene) -> list[Picture]:
    """Adds the beginning of the user's turn: its pictures, or a clip as pairs of frames with their time stamps."""
    prompt.text([ids.IM_START, *prompt.encode('user\n')], 0)
    pictures = []
    step = 1 if scene.seconds is None else 2
    for start in range(0, len(scene.images), step):
        h, w = scene.images[start].shape[0] // 16, scene.images[start].shape[1] // 16
        if scene.seconds is not None:
            prompt.stamp(scene, start // 2)
        places = prompt.picture(h // 2, w // 2, ids.IMAGE_PAD if step == 1 else ids.VIDEO_PAD)
        patches = to_patches(scene.images[start])
        if step == 2:
            patches = np.stack([patches, to_patches(scene.images[start + 1])], 1)
        picture = Picture(patches, h, w, places)
        taken: set[tuple[int, int]] = set()  # if two words share a token, only the first is a target
        for number, mark in enumerate(scene.marks):
            if start <= mark.image < start + step and mark.name in CLASS_OF:
                box = extent_of(mark, h * 16, w * 16) or UNKNOWN
                at = (mark.x / (w * 16), mark.y / (h * 16))
                prompt.boxes[number] = (*at, *at) if box == UNKNOWN or len(mark.name) == 1 else box
                if CLASS_OF[mark.name] == NOTHING:
                    box = UNKNOWN  # a place where something was: its extent is not visible
                if len(mark.name) == 1:
                    prompt.characters.add(number)
                picture.marks.append(Seen(cells_of(mark, h * 16, w * 16), CLASS_OF[mark.name], box))
                ordered = [at for at in ordered_at(mark, h * 16, w * 16) if at not in taken]
                taken.update(ordered)
                picture.marks.append(Seen(ordered, CLASS_OF[mark.name], UNKNOWN))
                for side, tokens in enumerate(sides_of(mark, h * 16, w * 16)):
                    shown = prompt.shown.setdefault((number, side), [])
                    shown += [int(places[token]) - prompt.row * prompt.length for token in tokens]
        pictures.append(picture)
    if scene.seconds is None and len(pictures) == 2 and len(pictures[0].places) == len(pictures[1].places):
        # To see changes, look at the same place in the first picture.
        before = pictures[0].places - prompt.row * prompt.length
        prompt.looks += [(int(at), by_head([[int(place)]])) for at, place in zip(pictures[1].places, before)]
    return pictures


def converse(prompt: Prompt, asked: list[Exchange], rng: Random, first_exchange: int) -> int:
    """Adds exchanges while they fit, most in a thread of their own, some as a further turn of the previous exchange.

    Returns the number of exchanges that fitted.
    """
    begin, thread = prompt.next, 0
    after_question = [ids.IM_END, *prompt.encode('\n'), ids.IM_START, *prompt.encode('assistant\n')]
    between = [*prompt.encode('\n'), ids.IM_START, *prompt.encode('user\n')]
    for number, exchange in enumerate(asked):
        asked_as, encoded = (prompt.tokenizer.encode(text, add_special_tokens=False) for text in (exchange.question, exchange.answer))
        question = list(asked_as.ids)
        answer = [*encoded.ids, ids.IM_END]
        follow = thread > 0 and rng.random() < 0.2
        need = len(question) + len(after_question) + len(answer) + (len(between) if follow else 0)
        if len(prompt.tokens) + need > prompt.length:
            return number
        if follow:
            prompt.text(between, thread)
        else:
            thread += 1
            prompt.next = begin
        asked_at, names = prompt.row * prompt.length + len(prompt.tokens), []
        for i, (_, end) in enumerate(asked_as.offsets):
            # A name is complete at its last token: from there the decoder can look at the things it means.
            meant = exchange.named[end - 1]
            if meant and meant != (exchange.named[end:end + 1] or [()])[0]:
                prompt.look(asked_at + i, meant)
                names.append([len(prompt.tokens) + i])
        prompt.text(question + after_question, thread)
        at = prompt.row * prompt.length + len(prompt.tokens) - 1
        if names:
            prompt.recalls += [(at + i, by_head(names)) for i in range(min(len(answer), RECALLED))]
        prompt.asked += [(at + i, KINDS.index(exchange.kind)) for i in range(min(len(answer), MEANT))]
        prompt.targets += [(at + i, token, first_exchange + number) for i, token in enumerate(answer)]
        for i, (start, end) in enumerate(encoded.offsets):
            prompt.look(at + i, [look for character in exchange.looks[start:end] for look in character])
        prompt.text(answer, thread)
    return len(asked)


def by_head(shown: list[list[int]]) -> list[list[int]]:
    """Distributes the places of each thing over the looking heads. Two things get one head each, so that they can be
    distinguished and compared: one head would see only their mean. Otherwise both heads look at everything."""
    apart = len(shown) == LOOKING_HEADS and all(shown)
    return shown if apart else [[place for places in shown for place in places]] * LOOKING_HEADS


def collate(samples: list[tuple[Scene, int]], tokenizer: Tokenizer, length: int, held_out: bool = False,
            most: int = 12) -> dict:
    """Converts (scene, seed) of each row to arrays. `length` is T; uses at most `most` exchanges per picture."""
    rows, pictures, kept = [], [], []
    for row, (scene, seed) in enumerate(samples):
        rng = Random(seed ^ 0x5EED)
        prompt = Prompt(tokenizer, row, length)
        pictures += lay_out(prompt, scene)
        asked = exchanges(rng, scene, most, held_out)
        asked = asked[:converse(prompt, asked, rng, len(kept))]
        kept += [(scene.skill, exchange) for exchange in asked]
        rows.append(prompt)
    batch = _text_arrays(rows, length)
    batch |= _vision_arrays(pictures, Random(samples[0][1]))
    batch['exchanges'] = kept
    batch['images'] = len(samples)
    return batch


def ask_each(items: list[tuple[Scene, Exchange]], tokenizer: Tokenizer) -> dict:
    """Makes one row per scene and question, with the answer as the target: for teacher-forced evaluation."""
    longest = max(sum(i.shape[0] * i.shape[1] for i in scene.images) // 1024 + len(tokenizer.encode(e.question + e.answer).ids)
                  for scene, e in items)
    rows, pictures = [], []
    for row, (scene, exchange) in enumerate(items):
        rows.append(Prompt(tokenizer, row, longest + 128))
        pictures += lay_out(rows[-1], scene)
        converse(rows[-1], [exchange], Random(0), row)
    return _text_arrays(rows, longest + 128) | _vision_arrays(pictures, Random(0)) | {
        'exchanges': [(scene.skill, e) for scene, e in items], 'images': len(items)}


def prompt_of(scene: Scene, question: str, tokenizer: Tokenizer) -> dict:
    """One scene and one question up to the beginning of the answer, as a batch of one row without padding."""
    prompt = Prompt(tokenizer, 0, 0)
    pictures = lay_out(prompt, scene)
    prompt.text([*prompt.encode(question), ids.IM_END, *prompt.encode('\n'), ids.IM_START, *prompt.encode('assistant\n')], 1)
    return _text_arrays([prompt], len(prompt.tokens)) | _vision_arrays(pictures, Random(0)) | {'exchanges': [], 'images': 1}


def _text_arrays(rows: list[Prompt], length: int) -> dict:
    tokens = np.full((len(rows), length), ids.END_OF_TEXT, np.int64)
    positions = np.ones((3, len(rows), length), np.int64)
    turns = np.full((len(rows), length), -1, np.int64)
    for row, prompt in enumerate(rows):
        n = len(prompt.tokens)
        tokens[row, :n] = prompt.tokens
        positions[:, row, :n] = np.concatenate(prompt.positions, 1)
        turns[row, :n] = prompt.turns
    targets = np.array([t for p in rows for t in p.targets], np.int64).reshape(-1, 3)
    return {'tokens': tokens, 'positions': positions, 'turns': turns, 'answer_at': targets[:, 0].copy(),
            'answers': targets[:, 1].copy(), 'answer_of': targets[:, 2].copy(),
            'asked_at': np.array([at for p in rows for at, _ in p.asked], np.int64),
            'asked_kinds': np.array([kind for p in rows for _, kind in p.asked], np.int64),
            'known_at': np.array([at for p in rows for at, _ in p.known], np.int64),
            'known_boxes': np.array([box for p in rows for _, box in p.known], np.float32).reshape(-1, 4),
            **_looks('look', [look for prompt in rows for look in prompt.looks], length),
            **_looks('recall', [recall for prompt in rows for recall in prompt.recalls], length)}


def _looks(name: str, looks: list[tuple[int, list[list[int]]]], length: int) -> dict:
    """…_at (L,) flat places that look; …_on (L, heads, T) true at the places in the same row at which they look."""
    on = np.zeros((len(looks), LOOKING_HEADS, length), bool)
    for index, (_, heads) in enumerate(looks):
        for head, places in enumerate(heads):
            on[index, head, places] = True
    return {f'{name}_at': np.array([at for at, _ in looks], np.int64), f'{name}_on': on}


def _vision_arrays(pictures: list[Picture], rng: Random) -> dict:
    """Stills first, then pairs of frames, each sorted by length, so that equal lengths are adjacent."""
    pictures = sorted(pictures, key=lambda p: (p.patches.ndim, len(p.patches), p.height))
    marks, boxes, first = [], [], 0
    for picture in pictures:
        tokens = len(picture.patches) // 4
        taken = {place for seen in picture.marks for place in seen.cells}
        count = len(marks)
        for seen in picture.marks:
            chosen = rng.sample(seen.cells, min(CELLS_OF_A_MARK, len(seen.cells)))
            marks += [(first + token, cell, seen.kind) for token, cell in chosen]
            boxes += [seen.box] * len(chosen)
        for _ in range((len(marks) - count) // 2 + 4):
            token, cell = rng.randrange(tokens), rng.randrange(TARGETS)
            if (token, cell) not in taken:
                marks.append((first + token, cell, NOTHING))
                boxes.append(UNKNOWN)
        first += tokens
    stills = [p.patches for p in pictures if p.patches.ndim == 2]
    pairs = [p.patches for p in pictures if p.patches.ndim == 3]
    return {
        'stills': np.concatenate(stills) if stills else np.zeros((0, 768), np.uint8),
        'pairs': np.concatenate(pairs) if pairs else np.zeros((0, 2, 768), np.uint8),
        'visual_at': np.concatenate([p.places for p in pictures]) if pictures else np.zeros(0, np.int64),
        'grids': [(p.height, p.width) for p in pictures],
        'marks': np.array(marks, np.int64).reshape(-1, 3),
        'boxes': np.array(boxes, np.float32).reshape(-1, 4),
    }


@lru_cache(maxsize=1024)
def _grid_tables(height: int, width: int, side: int, head_dim: int, device: torch.device):
    taps, weights = position_taps(height, width, side)
    return taps.to(device), weights.to(device), rotary_angles(height, width, head_dim).to(device)


def place(batch: dict, config: ModelConfig, device: torch.device) -> dict:
    """Moves the batch to `device`, and adds the position tables of its pictures and their attention segments."""
    v = config.vision
    placed = {k: torch.from_numpy(a).to(device, non_blocking=True) if isinstance(a, np.ndarray) else
              a.to(device, non_blocking=True) if isinstance(a, torch.Tensor) else a for k, a in batch.items()}
    tables = [_grid_tables(h, w, v.position_side, v.hidden // v.heads, device) for h, w in batch['grids']]
    empty = (torch.zeros(4, 0, dtype=torch.long), torch.zeros(4, 0), torch.zeros(0, v.hidden // v.heads // 2))
    columns = list(zip(*tables)) if tables else [(e.to(device),) for e in empty]
    placed['taps'], placed['tap_weights'] = torch.cat(columns[0], 1), torch.cat(columns[1], 1)
    placed['angles'] = torch.cat(columns[2])
    segments: list[Segment] = []
    for h, w in batch['grids']:
        if segments and segments[-1].length == h * w:
            segments[-1] = Segment(h * w, segments[-1].count + 1)
        else:
            segments.append(Segment(h * w, 1))
    placed['segments'] = segments
    return placed
