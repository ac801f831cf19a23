"""Muon for the matrices inside the network, AdamW for all other parameters, behind one step().

Muon (Jordan et al., 2024) replaces the momentum of a matrix by the nearest (semi-)orthogonal matrix, found with five
Newton–Schulz steps, so that all directions are learned at the same speed. Expert tensors [E, in, out] are E matrices.
"""

import torch
from torch import Tensor, nn

from training.team import Team


def orthogonalise(update: Tensor, kind: torch.dtype, steps: int = 5) -> Tensor:
    """(…, m, n) → approximately U·Vᵀ of its singular value decomposition; products in `kind`, for which bf16 is
    enough."""
    x = update.to(kind)
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.transpose(-1, -2)
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        a = x @ x.transpose(-1, -2)
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return (x.transpose(-1, -2) if tall else x).to(update.dtype)


def products(stack: Tensor) -> float:
    """The relative cost of orthogonalise() on a stack, for comparison."""
    least, most = sorted(stack.shape[-2:])
    return stack.numel() / most * (2 * most + least)


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters: list[dict], lr: float, kind: torch.dtype, team: Team, momentum: float = 0.95, weight_decay: float = 0.01):
        super().__init__(parameters, {'lr': lr, 'momentum': momentum, 'weight_decay': weight_decay})
        self.kind, self.team = kind, team

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        for group in self.param_groups:
            # Stack equal shapes: one batched product instead of one per layer.
            stacks: dict[torch.Size, list[nn.Parameter]] = {}
            for p in group['params']:
                if p.grad is not None:
                    stacks.setdefault(p.shape, []).append(p)
            updates: list[Tensor] = []
            for members in stacks.values():
                blended = []
                for p in members:
                    state = self.state[p]
                    if 'momentum' not in state:
                        state['momentum'] = torch.zeros_like(p)
                    buffer = state['momentum'].lerp_(p.grad, 1 - group['momentum'])
                    blended.append(p.grad.lerp(buffer, group['momentum']))
                updates.append(torch.stack(blended))
            self._turn(updates)
            for (shape, members), turned in zip(stacks.items(), updates):
                # 0.2·√max(m, n) gives the update the size of AdamW's (Liu et al., 2025), so both share one rate.
                scale = 0.2 * max(shape[-2:]) ** 0.5
                for p, update in zip(members, turned.unbind(0)):
                    p.mul_(1 - group['lr'] * group['weight_decay'])
                    p.add_(update, alpha=-group['lr'] * scale)

    def _turn(self, updates: list[Tensor]) -> None:
        """Orthogonalises each stack in place; the processes share the work, because all have the same stacks."""
        work = [0.0] * self.team.size
        for update in sorted(updates, key=products, reverse=True):
            least = work.index(min(work))
            work[least] += products(update)
            update.copy_(orthogonalise(update, self.kind)) if least == self.team.rank else update.zero_()
        self.team.sum(updates)


# The patch embedding's learning rate, relative to the rest. A patch is 768 numbers of mostly one sign, and AdamW moves
# each weight by the full rate: at 2e-3 one step changes the output by as much as its scale. Then the embedding grows
# (to 60 times the position table, which hides positions) and jitters by a twentieth in each step.
PATCH_RATE = 0.05


def is_matrix(name: str, parameter: nn.Parameter) -> bool:
    """Whether Muon updates a parameter: only inner products, not tables, the first and last layer, or the router. The
    mergers' square matrices are excluded too, because they alone would be three fifths of Muon's work."""
    outside = ('embed', 'lm_head', 'mlp.gate.weight', 'head.', 'merger.linear_fc1', 'merger_list')
    return parameter.ndim in (2, 3) and not any(part in name for part in outside)


class Optimiser:
    """Both optimisers, their learning rates set together by rate()."""

    def __init__(self, module: nn.Module, lr: float, kind: torch.dtype, team: Team, muon: bool = True, encoder: float = 1.0):
        """`encoder` is the vision encoder's share of the learning rate."""
        groups: dict[tuple[bool, float, float], list[nn.Parameter]] = {}
        for name, p in module.named_parameters():
            if p.requires_grad:
                share = (encoder if '.visual.' in name else 1.0) * (PATCH_RATE if 'patch_embed' in name else 1.0)
                by_muon = muon and is_matrix(name, p)
                groups.setdefault((by_muon, share, 0.01 if p.ndim >= 2 else 0.0), []).append(p)
        taken = {by_muon: [{'params': params, 'share': share, 'weight_decay': decay} for (one, share, decay), params in groups.items() if one == by_muon]
                 for by_muon in (True, False)}
        fused = any(p.is_cuda for p in module.parameters())
        self.lr = lr
        self.adam = torch.optim.AdamW(taken[False], lr=lr, betas=(0.9, 0.98), eps=1e-9, fused=fused)
        self.muon = Muon(taken[True], lr, kind, team) if taken[True] else None

    def rate(self, factor: float) -> None:
        for optimiser in (self.adam, self.muon):
            for group in optimiser.param_groups if optimiser else []:
                group['lr'] = self.lr * factor * group['share']

    def step(self) -> None:
        self.adam.step()
        if self.muon:
            self.muon.step()

    def zero_grad(self) -> None:
        self.adam.zero_grad(set_to_none=True)
        if self.muon:
            self.muon.zero_grad(set_to_none=True)

    def state_dict(self) -> dict:
        return {'adam': self.adam.state_dict(), 'muon': self.muon.state_dict() if self.muon else None}

    def load_state_dict(self, state: dict) -> None:
        self.adam.load_state_dict(state['adam'])
        if self.muon:
            self.muon.load_state_dict(state['muon'])
