"""What training minimises, and how right the answers are on the way.

Loss = answers (cross entropy, each answer weighted by 1/√length) + 0.01 · expert balance + marks (see scenes/marks.py).
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.qwen3vl import Qwen3VL
from scenes.marks import CELLS, NAMES

BALANCE = 0.01
EDGES = 4.0  # an edge missed by a quarter of the picture weighs as much as one nat


class MarksHead(nn.Module):
    """Merged token → for each of its cells the class of what is drawn there, and its box. Only used in training, never
    exported."""

    def __init__(self, hidden: int, width: int = 64):
        super().__init__()
        self.width = width
        self.spread, self.name, self.box = nn.Linear(hidden, CELLS * width), nn.Linear(width, len(NAMES)), nn.Linear(width, 4)

    def forward(self, visual: Tensor, marks: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """visual (M, hidden); marks (K, 3) token, cell, class; boxes (K, 4) left, top, right, bottom in shares of the picture,
        negative where unknown → mean loss of the names, the share named rightly among the drawn, and by how much an edge of
        a box is missed, in shares of the picture."""
        cells = F.gelu(self.spread(visual).view(-1, CELLS, self.width)[marks[:, 0], marks[:, 1]])
        logits = self.name(cells).float()
        drawn, known = marks[:, 2] > 0, boxes[:, 0] >= 0
        right = (logits.argmax(-1) == marks[:, 2])[drawn].float().mean()
        missed = (self.box(cells).float() - boxes)[known].abs().mean() if known.any() else logits.new_zeros(())
        return F.cross_entropy(logits, marks[:, 2]), right.detach(), missed


class Trainee(nn.Module):
    """The model together with what only training needs."""

    def __init__(self, model: Qwen3VL):
        super().__init__()
        self.qwen, self.head = model, MarksHead(model.config.text.hidden)

    def forward(self, batch: dict, marks_weight: float) -> tuple[Tensor, dict]:
        """The loss of a batch, and (detached) its parts, the expert shares, and which answers were right."""
        out = self.qwen(batch)
        token_losses = F.cross_entropy(out['logits'].float(), batch['answers'], reduction='none')
        count = len(batch['exchanges'])
        lengths = torch.bincount(batch['answer_of'], minlength=count)
        weights = lengths[batch['answer_of']].float().rsqrt()
        answers = (token_losses * weights).sum() / weights.sum()
        loss = answers + BALANCE * out['balance']
        parts = {'loss': answers.detach(), 'balance': out['balance'].detach(), 'shares': out['shares']}
        if marks_weight > 0 and len(batch['marks']) and out['visual'] is not None:
            marks, parts['marks_right'], missed = self.head(out['visual'], batch['marks'], batch['boxes'])
            parts['marks'], parts['edges'] = marks.detach(), missed.detach()
            loss = loss + marks_weight * (marks + EDGES * missed)
        with torch.no_grad():
            parts['guess'] = out['logits'].argmax(-1)
            hit = parts['guess'] == batch['answers']
            wrong = torch.zeros(count, device=hit.device).index_add_(0, batch['answer_of'], (~hit).float())
            # All tokens right given the right ones before them: exactly what greedy decoding would answer.
            parts['exact'] = wrong == 0
        return loss, parts
