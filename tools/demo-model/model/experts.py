"""The mixture of experts: a router picks top-k of E experts per token; their outputs are summed with its weights.

Expert weights have the checkpoint's layout [E, in, out]; the last axis of gate_up_proj is gate first, then up.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.config import TextConfig


class Router(nn.Module):
    """Always runs in f32, because a rounded logit would pick another expert."""

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


def _grouped(x: Tensor, weight: Tensor, groups: Tensor) -> Tensor:
    """Multiplies rows of x, sorted by expert, by that expert's matrix in one kernel (bf16 on a GPU). Rows after the
    last group are undefined."""
    ends = groups.cumsum(0).to(torch.int32)
    return torch._grouped_mm(x.to(torch.bfloat16), weight.to(torch.bfloat16), offs=ends)


def _looped(x: Tensor, weight: Tensor, groups: Tensor) -> Tensor:
    """The same in a loop over experts, without the rows after the last group; in the dtype of autocast if it is on."""
    if torch.is_autocast_enabled(x.device.type):
        kind = torch.get_autocast_dtype(x.device.type)
        x, weight = x.to(kind), weight.to(kind)
    sizes = groups.tolist()
    parts = x[:sum(sizes)].split(sizes)
    return torch.cat([part @ matrix for part, matrix in zip(parts, weight.unbind(0))])


def grouped_works(device: torch.device) -> bool:
    """Whether this PyTorch multiplies grouped matrices correctly on `device`, forwards and backwards."""
    if device.type != 'cuda':
        return False
    try:
        torch.manual_seed(0)
        x = torch.randn(96, 64, device=device, requires_grad=True)
        w = torch.randn(3, 64, 32, device=device, requires_grad=True)
        groups = torch.tensor([40, 0, 48], device=device)  # 8 of the 96 rows belong to no group
        results = []
        for multiply in (_grouped, _looped):
            with torch.autocast('cuda', torch.bfloat16):
                y = multiply(x, w, groups)[:88]
            grads = torch.autograd.grad(y.float().square().sum(), (x, w))
            results.append([y.float(), *grads])
        return all(torch.allclose(a, b, rtol=0.05, atol=0.05 * float(b.abs().max())) for a, b in zip(*results))
    except (RuntimeError, AttributeError, NotImplementedError):
        return False


class Spread(torch.autograd.Function):
    """Sorts rows of x (N, h) by expert: row i of the result is x[source[i]]; slot (N·k,) holds each row's new place.

    It has its own backward pass because the gradient of an index is a slow scatter; here it is a gather and a sum.
    """

    @staticmethod
    def forward(ctx, x: Tensor, source: Tensor, slot: Tensor, top_k: int) -> Tensor:
        ctx.save_for_backward(slot)
        ctx.top_k = top_k
        return x.index_select(0, source)

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor, None, None, None]:
        (slot,) = ctx.saved_tensors
        return grad.index_select(0, slot).view(-1, ctx.top_k, grad.shape[-1]).sum(1), None, None, None


class Collect(torch.autograd.Function):
    """The inverse: rows y[slot] in the order of tokens. All slots differ, so the gradient is a plain copy."""

    @staticmethod
    def forward(ctx, y: Tensor, slot: Tensor) -> Tensor:
        ctx.save_for_backward(slot)
        ctx.rows = len(y)
        return y.index_select(0, slot)

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor, None]:
        (slot,) = ctx.saved_tensors
        return grad.new_zeros(ctx.rows, grad.shape[-1]).index_copy_(0, slot, grad), None


ALIGNED = 8  # the grouped kernel reads 16 bytes at a time: groups begin at multiples of 8 rows of bf16
# On a CPU oneDNN compiles a kernel for each new shape, which takes longer than the product, so use few shapes.
ALIGNED_LOOP = 128


def by_expert(chosen: Tensor, experts: int, aligned: int = ALIGNED) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """chosen (N, k) → source (R,), slot (N·k,), padded group sizes (E,), true group sizes (E,); R = N·k + aligned·E.

    Padding rows of a group repeat token 0; nothing reads their results, so their gradient is zero.
    """
    flat = chosen.flatten()
    sizes = torch.zeros(experts, dtype=torch.long, device=flat.device).index_add_(0, flat, torch.ones_like(flat))
    padded = (sizes + aligned - 1) // aligned * aligned
    order = flat.argsort(stable=True)
    shift = (padded.cumsum(0) - padded) - (sizes.cumsum(0) - sizes)
    sorted_slot = torch.arange(len(flat), device=flat.device) + shift[flat[order]]
    slot = torch.empty_like(order).index_copy_(0, order, sorted_slot)
    source = torch.zeros(len(flat) + aligned * experts, dtype=torch.long, device=flat.device)
    source.index_copy_(0, sorted_slot, order // chosen.shape[1])
    return source, slot, padded, sizes


class Experts(nn.Module):
    def __init__(self, c: TextConfig):
        super().__init__()
        self.gate_up_proj = nn.Parameter(torch.empty(c.experts, c.hidden, 2 * c.expert_intermediate))
        self.down_proj = nn.Parameter(torch.empty(c.experts, c.expert_intermediate, c.hidden))
        self.grouped = False  # the trainer sets it once if grouped_works()

    def forward(self, x: Tensor, weights: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """x (N, hidden), weights and chosen (N, k) → outputs (N, hidden) and the number of tokens per expert (E,)."""
        top_k = chosen.shape[1]
        aligned = ALIGNED if self.grouped or not self.training else ALIGNED_LOOP
        source, slot, groups, counts = by_expert(chosen, len(self.gate_up_proj), aligned)
        multiply = _grouped if self.grouped else _looped
        gate, up = multiply(Spread.apply(x, source, slot, top_k), self.gate_up_proj, groups).chunk(2, -1)
        y = multiply(F.silu(gate) * up, self.down_proj, groups)
        y = Collect.apply(y, slot).view(len(x), top_k, -1)
        return (y * weights[..., None].to(y.dtype)).sum(1), counts


class SparseMLP(nn.Module):
    def __init__(self, c: TextConfig):
        super().__init__()
        self.gate, self.experts = Router(c), Experts(c)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """x (…, hidden) → the output of that shape, the balance loss (1 if even) and the share of each expert (E,)."""
        flat = x.reshape(-1, x.shape[-1])
        probabilities, weights, chosen = self.gate(flat)
        y, counts = self.experts(flat, weights, chosen)
        share = counts.float() / counts.sum()
        balance = len(share) * (share.detach() * probabilities.mean(0)).sum()
        return y.view_as(x), balance, share.detach()
