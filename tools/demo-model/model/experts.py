"""The mixture of experts: a router picks top-k of E experts per token; their outputs are summed with its weights.

Expert weights keep the checkpoint's layout [E, in, out]; the last axis of gate_up_proj is gate first, then up.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.config import TextConfig


class Router(nn.Module):
    """In f32 whatever runs around it: a rounded logit picks another expert."""

    def __init__(self, c: TextConfig):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(c.experts, c.hidden))
        self.top_k = c.top_k

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """x (N, hidden) → probabilities (N, E), weights (N, k) that sum to one, expert numbers (N, k)."""
        with torch.autocast(x.device.type, enabled=False):
            probabilities = F.linear(x.float(), self.weight.float()).softmax(-1)
        top, chosen = probabilities.topk(self.top_k, -1)
        return probabilities, top / top.sum(-1, keepdim=True), chosen


def _grouped(x: Tensor, weight: Tensor, counts: Tensor) -> Tensor:
    """Rows of x sorted by expert times that expert's matrix, in one kernel (bf16 on a GPU)."""
    ends = counts.cumsum(0).to(torch.int32)
    return torch._grouped_mm(x.to(torch.bfloat16), weight.to(torch.bfloat16), offs=ends)


def _looped(x: Tensor, weight: Tensor, counts: Tensor) -> Tensor:
    """The same expert by expert; in the dtype of autocast where it is on."""
    if torch.is_autocast_enabled(x.device.type):
        kind = torch.get_autocast_dtype(x.device.type)
        x, weight = x.to(kind), weight.to(kind)
    return torch.cat([part @ matrix for part, matrix in zip(x.split(counts.tolist()), weight.unbind(0))])


def grouped_works(device: torch.device) -> bool:
    """Whether this PyTorch multiplies grouped matrices on `device`, forwards and backwards, and gets them right."""
    if device.type != 'cuda':
        return False
    try:
        torch.manual_seed(0)
        x = torch.randn(96, 64, device=device, requires_grad=True)
        w = torch.randn(3, 64, 32, device=device, requires_grad=True)
        counts = torch.tensor([40, 0, 56], device=device)
        results = []
        for multiply in (_grouped, _looped):
            with torch.autocast('cuda', torch.bfloat16):
                y = multiply(x, w, counts)
            grads = torch.autograd.grad(y.float().square().sum(), (x, w))
            results.append([y.float(), *grads])
        return all(torch.allclose(a, b, rtol=0.05, atol=0.05 * float(b.abs().max())) for a, b in zip(*results))
    except (RuntimeError, AttributeError, NotImplementedError):
        return False


class Experts(nn.Module):
    def __init__(self, c: TextConfig):
        super().__init__()
        self.gate_up_proj = nn.Parameter(torch.empty(c.experts, c.hidden, 2 * c.expert_intermediate))
        self.down_proj = nn.Parameter(torch.empty(c.experts, c.expert_intermediate, c.hidden))
        self.grouped = False  # set once by the trainer where grouped_works()

    def forward(self, x: Tensor, weights: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """x (N, hidden), weights and chosen (N, k) → (N, hidden) and the number of tokens of each expert (E,)."""
        top_k = chosen.shape[1]
        flat = chosen.flatten()
        order = flat.argsort(stable=True)
        counts = torch.bincount(flat, minlength=len(self.gate_up_proj))
        multiply = _grouped if self.grouped else _looped
        gate, up = multiply(x[order // top_k], self.gate_up_proj, counts).chunk(2, -1)
        y = multiply(F.silu(gate) * up, self.down_proj, counts)
        # Back to token order by a gather, not index_add: deterministic, and cheaper in bf16.
        back = torch.empty_like(order)
        back[order] = torch.arange(len(order), device=order.device)
        y = y[back].view(len(x), top_k, -1)
        return (y * weights[..., None].to(y.dtype)).sum(1), counts


class SparseMLP(nn.Module):
    def __init__(self, c: TextConfig):
        super().__init__()
        self.gate, self.experts = Router(c), Experts(c)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """x (…, hidden) → the same shape, the balance loss (1 when even) and the share of each expert (E,)."""
        flat = x.reshape(-1, x.shape[-1])
        probabilities, weights, chosen = self.gate(flat)
        y, counts = self.experts(flat, weights, chosen)
        share = counts.float() / counts.sum()
        balance = len(share) * (share.detach() * probabilities.mean(0)).sum()
        return y.view_as(x), balance, share.detach()
