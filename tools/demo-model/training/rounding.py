"""Rounds weights to their stored form during training, so that the learned weights suit the shipped ones.

The preset `balanced` of src/convert/precision.ts stores attention and experts in 4 bits with a scale per 32; the search
for the scale is that of src/format/blocks.ts. Forward and backward pass use the rounded weights, and the step changes
the full ones (straight-through).
"""

import torch
from torch import Tensor, nn

BLOCK, ZERO = 32, 8
# Candidate levels on the scale −8 … 7 for the extreme value of a block.
EXTREME_AT = (-8, -7.5, -8.5, -7, -9)


def levels(x: Tensor, steps: Tensor) -> Tensor:
    return (x * steps + ZERO + 0.5).floor().clamp(0, 2 * ZERO - 1) - ZERO


@torch.no_grad()
def rounded(rows: Tensor) -> Tensor:
    """(…, columns) → the values rounded to 4 bits with an f16 scale per BLOCK columns; BLOCK must divide the
    columns."""
    x = rows.float().unflatten(-1, (-1, BLOCK))
    extreme = x.gather(-1, x.abs().argmax(-1, keepdim=True))
    extreme = torch.where(extreme == 0, 1, extreme)
    best, scale = torch.full_like(extreme, -1), torch.zeros_like(extreme)
    for place in EXTREME_AT:
        level = levels(x, place / extreme)
        dot, norm = (x * level).sum(-1, keepdim=True), level.square().sum(-1, keepdim=True).clamp(min=1)
        better = dot.square() / norm > best
        best, scale = torch.where(better, dot.square() / norm, best), torch.where(better, dot / norm, scale)
    scale = scale.half().float()
    return (levels(x, torch.where(scale == 0, 0, 1 / scale)) * scale).flatten(-2).to(rows.dtype)


def turned(name: str) -> bool:
    """True for experts, which are kept as (E, in, out): a scale covers inputs that one output sums over."""
    return name.endswith(('gate_up_proj', 'down_proj'))


class Rounding:
    """with Rounding(module): the module's weights are rounded inside the block, and restored after it."""

    def __init__(self, module: nn.Module):
        self.parameters = [(p, turned(name)) for name, p in module.named_parameters()
                           if '.language_model.' in name and ('self_attn' in name and name.endswith('proj.weight') or turned(name))]
        self.full: list[Tensor] = []

    def __enter__(self) -> None:
        self.full = [p.data for p, _ in self.parameters]
        for p, is_turned in self.parameters:
            p.data = rounded(p.data.transpose(-1, -2)).transpose(-1, -2).contiguous() if is_turned else rounded(p.data)

    def __exit__(self, *_: object) -> None:
        for (p, _), full in zip(self.parameters, self.full):
            p.data = full
