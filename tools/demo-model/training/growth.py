"""Loads a checkpoint with fewer attention heads or narrower experts into a larger model, whose answers
are the same at first."""

import torch
from torch import Tensor

# These weights start at zero for added heads and units, so that those write nothing into the residual stream.
WRITERS = ('o_proj.weight', 'down_proj')


def grown(name: str, old: Tensor, new: Tensor) -> Tensor:
    """`new` as initialised, with `old` in its first rows and columns. Raises ValueError if `old` is not the smaller
    one."""
    if old.shape == new.shape:
        return old
    if old.ndim != new.ndim or any(a > b for a, b in zip(old.shape, new.shape)):
        raise ValueError(f'{name}: {tuple(old.shape)} does not fit into {tuple(new.shape)}')
    if name.endswith('gate_up_proj'):  # gate first, then up
        return torch.cat([grown('', a, b) for a, b in zip(old.chunk(2, -1), new.chunk(2, -1))], -1)
    larger = torch.zeros_like(new) if name.endswith(WRITERS) else new.detach().clone()
    larger[tuple(slice(size) for size in old.shape)] = old
    return larger
