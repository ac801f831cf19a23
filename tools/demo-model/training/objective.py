"""The loss that training minimises, and the share of right answers during training.

Loss = answers (cross entropy, each answer weighted by 1/√length) + 0.01 · expert balance + marks (see scenes/marks.py)
+ looks + places + kinds.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.batch import KINDS, LOOKING_HEADS
from model.qwen3vl import Qwen3VL, seen
from scenes.marks import TARGETS, NAMES

BALANCE = 0.01
PLACED = 0.25  # weight of the positions of things, estimated from the encoder
READ_AT = 0.6  # weight of the positions at which the decoder looks


class PlaceHead(nn.Module):
    """States → left, top, right, bottom of a thing in shares of the picture, each as a distribution over bins (Imani &
    White, 2018: the target is a normal distribution about the true value). So the states separate close values by more
    than a length along one direction, as the digits written from them need.
    """

    BINS, LOW, HIGH, WIDTH = 52, -0.02, 1.02, 0.015

    def __init__(self, width: int):
        super().__init__()
        self.bins = nn.Linear(width, 4 * self.BINS)

    def forward(self, states: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """states (K, width), boxes (K, 4) → mean divergence from the truth in nats, and (detached) mean error of an
        edge."""
        borders = torch.linspace(self.LOW, self.HIGH, self.BINS + 1, device=boxes.device)
        below = torch.special.ndtr((borders - boxes[..., None]) / self.WIDTH)
        truth = below.diff(dim=-1)
        truth = truth / truth.sum(-1, keepdim=True).clamp(min=1e-6)
        logs = self.bins(states).float().view(*boxes.shape, self.BINS).log_softmax(-1)
        estimate = (logs.detach().exp() * (borders[1:] + borders[:-1]) / 2).sum(-1)
        return F.kl_div(logs, truth, reduction='sum') / boxes.numel(), (estimate - boxes).abs().mean()


class MarksHead(nn.Module):
    """The decoder's input for a merged token → for each of its cells the class of the thing drawn there, and its box.
    Only used in training, never exported."""

    def __init__(self, seen: int, width: int = 64):
        super().__init__()
        self.width = width
        self.spread, self.name, self.place = nn.Linear(seen, TARGETS * width), nn.Linear(width, len(NAMES)), PlaceHead(width)

    def forward(self, visual: Tensor, marks: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """visual (M, seen); marks (K, 3) token, cell, class; boxes (K, 4) left, top, right, bottom in shares of the
        picture, negative if unknown → mean loss of names and places, the share of drawn cells with the right name, and
        the mean error of a box edge, in shares of the picture."""
        cells = F.gelu(self.spread(visual).view(-1, TARGETS, self.width)[marks[:, 0], marks[:, 1]])
        logits = self.name(cells).float()
        drawn, known = marks[:, 2] > 0, boxes[:, 0] >= 0
        right = (logits.argmax(-1) == marks[:, 2])[drawn].float().mean()
        loss = F.cross_entropy(logits, marks[:, 2])
        if not known.any():
            return loss, right.detach(), logits.new_zeros(())
        astray, missed = self.place(cells[known], boxes[known])
        return loss + PLACED * astray, right.detach(), missed


# Each pair is a layer and the first of its LOOKING_HEADS heads. Those of LOOKING are taught to look at the things that a
# name in the question means, and at the marks from which an answer is read; each of these layers has two pairs, because
# a head outputs only 32 numbers and a token of print shows ten characters. Those of RECALLING, in the last layer, whose
# states hold the positions best, look at the names in the question, whose states hold the positions of their things.
LOOKING, RECALLING = ((1, 0), (1, 5), (2, 0), (2, 5), (-1, 2), (-1, 5)), ((-1, 0),)


def looks(watched: list[tuple[Tensor, Tensor, Tensor]], where: tuple[tuple[int, int], ...], mask: Tensor, at: Tensor, on: Tensor) -> tuple[Tensor, Tensor]:
    """How far attention is from the places from which an answer token is read: the mean −log of the attention on them,
    and the mean attention on them. Without this loss a decoder discovers only by chance, after a hundred thousand
    pictures, that it can look at pictures.

    watched, mask: see Decoder.forward; at (L,) flat places b·T + t, on (L, heads, T) true where to look.
    """
    length = mask.shape[-1]
    seen = mask.flatten(0, 2).index_select(0, at)[:, None]  # (L, 1, T)
    seen = seen if mask.dtype == torch.bool else seen == 0
    heads = torch.arange(LOOKING_HEADS, device=at.device)
    rows = ((at // length)[:, None] * LOOKING_HEADS + heads) * length + (at % length)[:, None]  # (L, heads)
    logs = []
    for layer, first in where:
        q, k = (states[:, first:first + LOOKING_HEADS].float() for states in watched[layer][:2])
        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)  # (B, heads, T, T)
        chosen = scores.flatten(0, 2).index_select(0, rows.flatten()).view(*rows.shape, length)
        chosen = chosen.masked_fill(~seen, -math.inf)
        logs.append(chosen.masked_fill(~on, -math.inf).logsumexp(-1) - chosen.logsumexp(-1))
    given = torch.stack(logs)
    return -given.mean(), given.detach().exp().mean()


class Trainee(nn.Module):
    """The model together with the heads that only training needs."""

    def __init__(self, model: Qwen3VL):
        super().__init__()
        self.qwen, self.head = model, MarksHead(model.config.text.hidden * (1 + len(model.config.vision.taps)))
        # Estimates the box of the only thing looked at, from the last layer's input; numbers and sides depend on it.
        self.place_head = PlaceHead(model.config.text.hidden)
        # Estimates the question's kind from the same input: whether "on the left" means yes depends on it.
        self.kind_head = nn.Linear(model.config.text.hidden, len(KINDS))

    def forward(self, batch: dict, marks_weight: float, looks_weight: float) -> tuple[Tensor, dict]:
        """The loss of a batch, and (detached) its parts, the expert shares, and which answers were right. A batch
        without questions trains only the encoder's targets."""
        if not batch['exchanges']:
            return self._marked(seen(*self.qwen.see(batch)), batch)
        out = self.qwen(batch)
        token_losses = F.cross_entropy(out['logits'].float(), batch['answers'], reduction='none')
        count = len(batch['exchanges'])
        lengths = torch.bincount(batch['answer_of'], minlength=count)
        weights = lengths[batch['answer_of']].float().rsqrt()
        answers = (token_losses * weights).sum() / weights.sum()
        loss = answers + BALANCE * out['balance']
        parts = {'loss': answers.detach(), 'balance': out['balance'].detach(), 'shares': out['shares']}
        if marks_weight > 0 and len(batch['marks']) and out['visual'] is not None:
            marked, seen_parts = self._marked(out['visual'], batch)
            loss, parts = loss + marks_weight * marked, parts | seen_parts
        if looks_weight > 0 and len(batch['look_at']):
            astray, parts['looks'] = looks(out['watched'], LOOKING, out['mask'], batch['look_at'], batch['look_on'])
            loss = loss + looks_weight * astray
        if looks_weight > 0 and len(batch['recall_at']):
            astray, parts['recalls'] = looks(out['watched'], RECALLING, out['mask'], batch['recall_at'], batch['recall_on'])
            loss = loss + looks_weight * astray
        states = out['watched'][-1][2].flatten(0, 1)
        if looks_weight > 0 and len(batch['known_at']):
            astray, parts['places'] = self.place_head(states.index_select(0, batch['known_at']), batch['known_boxes'])
            loss = loss + looks_weight * READ_AT * astray
        if looks_weight > 0 and len(batch['asked_at']):
            unclear = F.cross_entropy(self.kind_head(states.index_select(0, batch['asked_at'])).float(), batch['asked_kinds'])
            parts['kinds'] = unclear.detach()
            loss = loss + looks_weight * unclear
        with torch.no_grad():
            parts['guess'] = out['logits'].argmax(-1)
            hit = parts['guess'] == batch['answers']
            wrong = torch.zeros(count, device=hit.device).index_add_(0, batch['answer_of'], (~hit).float())
            # An answer is exact if each token is right given the right tokens before it: greedy decoding would then
            # give the same answer.
            parts['exact'] = wrong == 0
        return loss, parts

    def _marked(self, visual: Tensor, batch: dict) -> tuple[Tensor, dict]:
        marks, right, missed = self.head(visual, batch['marks'], batch['boxes'])
        return marks, {'marks': marks.detach(), 'marks_right': right, 'edges': missed}
