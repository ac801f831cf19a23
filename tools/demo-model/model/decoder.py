"""The decoder: RMSNorm, grouped-query attention with q/k norm and interleaved M-RoPE, mixture of experts, DeepStack."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.config import TextConfig
from model.experts import SparseMLP
from model.vision import attend, rotate


class RMSNorm(nn.Module):
    def __init__(self, size: int, eps: float):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(size)), eps

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x.float(), x.shape[-1:], self.weight.float(), self.eps).to(x.dtype)


def mrope_axes(c: TextConfig) -> Tensor:
    """(head_dim / 2,) axis of each frequency: 0 is time, 1 row, 2 column, interleaved as THWTHW…TT."""
    axes = torch.zeros(c.head_dim // 2, dtype=torch.long)
    for axis in (1, 2):
        axes[axis:3 * c.mrope_section[axis]:3] = axis
    return axes


def mrope_angles(positions: Tensor, c: TextConfig) -> Tensor:
    """positions (3, B, T) → angles (B, T, head_dim / 2), f32."""
    inverse = c.rope_theta ** (-torch.arange(0, c.head_dim, 2, device=positions.device).float() / c.head_dim)
    chosen = positions[mrope_axes(c).to(positions.device)]  # (head_dim / 2, B, T)
    return chosen.permute(1, 2, 0).float() * inverse


@dataclass
class Cache:
    """KV cache of one layer, (B, kv heads, T, head_dim); the keys are already rotated."""

    keys: Tensor | None = None
    values: Tensor | None = None

    def extend(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        if self.keys is not None and self.values is not None:
            keys, values = torch.cat([self.keys, keys], 2), torch.cat([self.values, values], 2)
        self.keys, self.values = keys, values
        return keys, values


class Attention(nn.Module):
    def __init__(self, c: TextConfig):
        super().__init__()
        self.c = c
        self.q_proj = nn.Linear(c.hidden, c.heads * c.head_dim, bias=False)
        self.k_proj = nn.Linear(c.hidden, c.kv_heads * c.head_dim, bias=False)
        self.v_proj = nn.Linear(c.hidden, c.kv_heads * c.head_dim, bias=False)
        self.o_proj = nn.Linear(c.heads * c.head_dim, c.hidden, bias=False)
        self.q_norm, self.k_norm = RMSNorm(c.head_dim, c.eps), RMSNorm(c.head_dim, c.eps)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, cache: Cache | None,
                watched: list[tuple[Tensor, Tensor, Tensor]] | None) -> Tensor:
        batch, length, _ = x.shape
        shape = (batch, length, -1, self.c.head_dim)
        v = self.v_proj(x).view(shape).transpose(1, 2)
        q = rotate(self.q_norm(self.q_proj(x).view(shape)), cos, sin).transpose(1, 2)
        k = rotate(self.k_norm(self.k_proj(x).view(shape)), cos, sin).transpose(1, 2)
        if cache is not None:
            k, v = cache.extend(k, v)
        groups = self.c.heads // self.c.kv_heads
        k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
        if watched is not None:
            watched.append((q, k, x))
        y = attend(q, k, v, mask)
        return self.o_proj(y.transpose(1, 2).reshape(batch, length, -1))


class Layer(nn.Module):
    def __init__(self, c: TextConfig):
        super().__init__()
        self.input_layernorm, self.post_attention_layernorm = RMSNorm(c.hidden, c.eps), RMSNorm(c.hidden, c.eps)
        self.self_attn, self.mlp = Attention(c), SparseMLP(c)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, cache: Cache | None,
                watched: list[tuple[Tensor, Tensor, Tensor]] | None) -> tuple[Tensor, Tensor, Tensor]:
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask, cache, watched)
        y, balance, share = self.mlp(self.post_attention_layernorm(x))
        return x + y, balance, share


class Decoder(nn.Module):
    def __init__(self, c: TextConfig):
        super().__init__()
        self.c = c
        self.embed_tokens = nn.Embedding(c.vocabulary, c.hidden)
        self.layers = nn.ModuleList(Layer(c) for _ in range(c.layers))
        self.norm = RMSNorm(c.hidden, c.eps)

    def forward(self, tokens: Tensor, positions: Tensor, mask: Tensor, visual_at: Tensor, visual: Tensor | None,
                deepstack: list[Tensor], caches: list[Cache] | None = None,
                watched: list[tuple[Tensor, Tensor, Tensor]] | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """tokens (B, T), positions (3, B, T), mask (B, 1, T, S) boolean, true where a token attends; visual_at (M,)
        flat places b·T + t of the rows of `visual` (M, hidden) and of each DeepStack feature. Each layer appends to
        `watched` its rotated queries and keys, (B, heads, T, head_dim), and the states from which they are computed.

        Returns the normed states (B, T, hidden), the mean balance loss and the expert shares (layers, E).
        """
        x = self.embed_tokens(tokens)
        shape = x.shape
        if visual is not None and len(visual):
            x = x.reshape(-1, shape[-1]).index_copy(0, visual_at, visual.to(x.dtype)).view(shape)
        angles = mrope_angles(positions, self.c)[:, :, None]
        cos, sin = angles.cos(), angles.sin()
        balances, shares = [], []
        for index, layer in enumerate(self.layers):
            x, balance, share = layer(x, cos, sin, mask, caches[index] if caches else None, watched)
            if index < len(deepstack) and len(deepstack[index]):
                x = x.reshape(-1, shape[-1]).index_add(0, visual_at, deepstack[index].to(x.dtype)).view(shape)
            balances.append(balance)
            shares.append(share)
        return self.norm(x), torch.stack(balances).mean(), torch.stack(shares)
