"""Several processes train one model together, each on its own pictures: `torchrun --nproc-per-node 2 train.py …`.

Each step averages the gradients, then all processes take the same step, so their weights stay equal. A single process
sends nothing.
"""

import os

import torch
import torch.distributed as dist
from torch import Tensor, nn


class Team:
    def __init__(self) -> None:
        self.size, self.rank = int(os.environ.get('WORLD_SIZE', 1)), int(os.environ.get('RANK', 0))
        if self.size > 1:
            if torch.cuda.is_available():
                torch.cuda.set_device(int(os.environ['LOCAL_RANK']))
            dist.init_process_group('nccl' if torch.cuda.is_available() else 'gloo')

    @property
    def leads(self) -> bool:
        """Whether this process writes the log and the checkpoints."""
        return self.rank == 0

    def begin_alike(self, module: nn.Module) -> None:
        """Gives all processes the first one's weights."""
        if self.size > 1:
            for parameter in module.parameters():
                dist.broadcast(parameter.data, 0)

    def average(self, module: nn.Module) -> None:
        """Sets every gradient to its mean over all processes. A parameter without a gradient in any process keeps none,
        so that it does not change: Muon would make a full step even of a nearly vanished momentum."""
        if self.size == 1:
            return
        parameters = [p for p in module.parameters() if p.requires_grad]
        has_gradient = torch.tensor([float(p.grad is not None) for p in parameters], device=parameters[0].device)
        dist.all_reduce(has_gradient)
        parameters = [p for p, has in zip(parameters, has_gradient.tolist()) if has]
        flat = torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad).flatten() for p in parameters])
        dist.all_reduce(flat)
        flat /= self.size
        for p, gradient in zip(parameters, flat.split([p.numel() for p in parameters])):
            p.grad = gradient.view_as(p)

    def sum(self, tensors: list[Tensor]) -> None:
        """Replaces each tensor by its sum over all processes, in place."""
        if self.size == 1:
            return
        flat = torch.cat([t.flatten() for t in tensors])
        dist.all_reduce(flat)
        for tensor, part in zip(tensors, flat.split([t.numel() for t in tensors])):
            tensor.copy_(part.view_as(tensor))

    def any(self, said: bool, device: torch.device) -> bool:
        """Whether `said` is true in any process."""
        if self.size == 1:
            return said
        total: Tensor = torch.tensor([float(said)], device=device)
        dist.all_reduce(total)
        return bool(total.item())

    def close(self) -> None:
        if self.size > 1:
            dist.destroy_process_group()
