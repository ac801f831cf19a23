"""Which numbers matrix products are made of while training: the faster kind of the device at hand."""

import time

import torch
from torch import Tensor


def fastest(device: torch.device, side: int = 512) -> torch.dtype:
    """bf16 or f32. A GPU has bf16; a processor without it (no AMX, no AVX-512 BF16) imitates it eighty times slower than f32."""
    if device.type != 'cpu':
        return torch.bfloat16

    def seconds(kind: torch.dtype) -> float:
        x: Tensor = torch.ones(side, side, dtype=kind)
        x @ x  # the first product compiles
        start = time.perf_counter()
        x @ x
        return time.perf_counter() - start
    return min((torch.float32, torch.bfloat16), key=seconds)
