"""Repeats rendered chunks in training, for machines that render more slowly than their GPU trains."""

from collections.abc import Iterator
from random import Random

import torch

from model.batch import place
from model.config import ModelConfig


class Echo:
    """Rendered chunks, kept on the device for repeated training if rendering is slower than training."""

    def __init__(self, again: int, kept: int):
        self.again, self.kept = again, kept
        self.chunks: list[dict] = []
        self.random = Random(1)

    def repeats(self, fresh: dict) -> list[dict]:
        """Older chunks to train on after `fresh`, which replaces one of them when the store is full."""
        if not self.again:
            return []
        chosen = self.random.sample(self.chunks, min(self.again, len(self.chunks)))
        if len(self.chunks) < self.kept:
            self.chunks.append(fresh)
        else:
            self.chunks[self.random.randrange(self.kept)] = fresh
        return chosen


def echoed(stream: Iterator[dict], echo: Echo, config: ModelConfig, device: torch.device) -> Iterator[tuple[dict, bool]]:
    """Yields chunks on the device: each fresh one (True), followed by its repeats (False)."""
    for batch in stream:
        fresh = place(batch, config, device)
        repeats = echo.repeats(fresh)
        yield fresh, True
        for old in repeats:
            yield old, False
