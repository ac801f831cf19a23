"""Chooses the number type of matrix products in training: the faster one on this device."""

import time

import torch
from torch import Tensor


def fastest(device: torch.device, side: int = 512) -> torch.dtype:
    """bf16 or f32. GPUs support bf16; a processor without AMX or AVX-512 BF16 emulates it, eighty times slower than
    f32."""
    if device.type != 'cpu':
        return torch.bfloat16

    def seconds(kind: torch.dtype) -> float:
        x: Tensor = torch.ones(side, side, dtype=kind)
        x @ x  # the first product compiles
        start = time.perf_counter()
        x @ x
        return time.perf_counter() - start
    return min((torch.float32, torch.bfloat16), key=seconds)
