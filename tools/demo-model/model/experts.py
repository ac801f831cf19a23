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


class Spread(torch.autograd.Function):
    """Rows of x (N, h) repeated k times and sorted: row i of the result is x[order[i] // k]. `back` undoes the order.

    Written out because the gradient of an index is a slow scatter, while here it is a gather and a sum over k.
    """

    @staticmethod
    def forward(ctx, x: Tensor, order: Tensor, back: Tensor, top_k: int) -> Tensor:
        ctx.save_for_backward(back)
        ctx.top_k = top_k
        return x.index_select(0, order // top_k)

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor, None, None, None]:
        (back,) = ctx.saved_tensors
        return grad.index_select(0, back).view(-1, ctx.top_k, grad.shape[-1]).sum(1), None, None, None


class Reorder(torch.autograd.Function):
    """Rows of x in another order: x[back], with `order` its inverse."""

    @staticmethod
    def forward(ctx, x: Tensor, order: Tensor, back: Tensor) -> Tensor:
        ctx.save_for_backward(order)
        return x.index_select(0, back)

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor, None, None]:
        (order,) = ctx.saved_tensors
        return grad.index_select(0, order), None, None


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
        back = torch.empty_like(order)
        back[order] = torch.arange(len(order), device=order.device)
        counts = torch.zeros(len(self.gate_up_proj), dtype=torch.long, device=flat.device)
        counts.index_add_(0, flat, torch.ones_like(flat))
        multiply = _grouped if self.grouped else _looped
        gate, up = multiply(Spread.apply(x, order, back, top_k), self.gate_up_proj, counts).chunk(2, -1)
        y = multiply(F.silu(gate) * up, self.down_proj, counts)
        y = Reorder.apply(y, order, back).view(len(x), top_k, -1)
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
