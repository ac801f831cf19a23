"""A checkpoint whose decoder had fewer attention heads or narrower experts, in a larger model: it answers as before, and has room to learn."""

import torch
from torch import Tensor

# What these write into the residual stream for the added heads and units is nought at first.
WRITERS = ('o_proj.weight', 'down_proj')


def grown(name: str, old: Tensor, new: Tensor) -> Tensor:
    """`new` as initialised, with `old` in its first rows and columns. Raises ValueError where `old` is not the smaller one."""
    if old.shape == new.shape:
        return old
    if old.ndim != new.ndim or any(a > b for a, b in zip(old.shape, new.shape)):
        raise ValueError(f'{name}: {tuple(old.shape)} does not fit into {tuple(new.shape)}')
    if name.endswith('gate_up_proj'):  # gate first, then up
        return torch.cat([grown('', a, b) for a, b in zip(old.chunk(2, -1), new.chunk(2, -1))], -1)
    larger = torch.zeros_like(new) if name.endswith(WRITERS) else new.detach().clone()
    larger[tuple(slice(size) for size in old.shape)] = old
    return larger
