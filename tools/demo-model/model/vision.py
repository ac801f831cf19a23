"""The vision encoder: patches → merged tokens V and one DeepStack feature per tap.

All pictures of a batch run as one row of patches; attention works on segments of equal length (`Segment`), so it needs
no mask. Patches of a picture come in blocks of 2×2, in the order of the checkpoint's processor.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.config import ModelConfig, VisionConfig


# In training on a CPU the row of patches is padded to a multiple of this: oneDNN compiles a kernel for each new
# shape, which takes longer than the product.
PADDED = 512


@dataclass(frozen=True)
class Segment:
    """`count` adjacent pictures of `length` patches each."""

    length: int
    count: int


def block_order(height: int, width: int, merge: int = 2) -> tuple[Tensor, Tensor]:
    """Rows and columns (height·width,) of the patches in the order of the sequence: merge block by merge block."""
    rows = torch.arange(height).view(height // merge, 1, merge, 1).expand(-1, width // merge, -1, merge)
    columns = torch.arange(width).view(1, width // merge, 1, merge).expand(height // merge, -1, merge, -1)
    return rows.reshape(-1), columns.reshape(-1)


def position_taps(height: int, width: int, side: int) -> tuple[Tensor, Tensor]:
    """(4, N) rows of the learned table and (4, N) bilinear weights; the grid's corners map to the table's corners."""
    rows, columns = block_order(height, width)

    def axis(index: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor]:
        at = index * ((side - 1) / (count - 1)) if count > 1 else index * 0.0
        low = at.floor().long().clamp(max=side - 1)
        return low, (low + 1).clamp(max=side - 1), at - low
    top, bottom, dy = axis(rows.double(), height)
    left, right, dx = axis(columns.double(), width)
    indices = torch.stack([top * side + left, top * side + right, bottom * side + left, bottom * side + right])
    weights = torch.stack([(1 - dy) * (1 - dx), (1 - dy) * dx, dy * (1 - dx), dy * dx])
    return indices, weights.float()


def position_waves(side: int, hidden: int) -> Tensor:
    """(side², hidden) sine and cosine waves along rows and columns, from half a wave over the table to one in six
    cells: the initial position table. A random table carries no information until each of its rows is learned."""
    count = hidden // 4
    turns = math.pi / side * (side / 3) ** (torch.arange(count) / (count - 1))
    angles = torch.arange(side)[:, None] * turns
    axis = torch.cat([angles.sin(), angles.cos()], 1)
    rows, columns = axis[:, None].expand(-1, side, -1), axis[None].expand(side, -1, -1)
    return torch.cat([rows, columns], 2).reshape(side * side, -1)


def rotary_angles(height: int, width: int, head_dim: int) -> Tensor:
    """(N, head_dim / 2): the row rotates a quarter of the head, the column another quarter."""
    rows, columns = block_order(height, width)
    inverse = 10000.0 ** (-torch.arange(0, head_dim // 2, 2).float() / (head_dim // 2))
    return torch.cat([rows[:, None] * inverse, columns[:, None] * inverse], 1)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Half-split rotation; cos and sin cover the first half and apply to both. In the dtype of x: with bf16 inputs, f32
    would take twice the time."""
    first, second = x.chunk(2, -1)
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """Softmax attention over (B, heads, T, head_dim). Uses PyTorch's fused kernel except on a CPU: there the kernel's
    backward pass takes five times as long as these plain products in bf16, and two thirds of their time in f32."""
    if q.device.type != 'cpu':
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    if mask is not None:
        # A float mask is added, which is cheaper than applying a boolean one; all layers share it.
        scores = scores.masked_fill(~mask, float('-inf')) if mask.dtype == torch.bool else scores + mask
    return scores.softmax(-1).to(v.dtype) @ v


class Attention(nn.Module):
    def __init__(self, c: VisionConfig):
        super().__init__()
        self.heads, self.head_dim = c.heads, c.hidden // c.heads
        self.qkv, self.proj = nn.Linear(c.hidden, 3 * c.hidden), nn.Linear(c.hidden, c.hidden)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, segments: list[Segment]) -> Tensor:
        q, k, v = self.qkv(x).view(len(x), 3, self.heads, self.head_dim).unbind(1)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        outputs, start = [], 0
        for segment in segments:
            end = start + segment.length * segment.count
            shape = (segment.count, segment.length, self.heads, self.head_dim)
            qs, ks, vs = (t[start:end].view(shape).transpose(1, 2) for t in (q, k, v))
            outputs.append(attend(qs, ks, vs).transpose(1, 2).reshape(end - start, -1))
            start = end
        if start < len(x):  # padding
            outputs.append(x.new_zeros(len(x) - start, outputs[0].shape[-1], dtype=outputs[0].dtype))
        return self.proj(torch.cat(outputs))


class MLP(nn.Module):
    def __init__(self, c: VisionConfig):
        super().__init__()
        self.linear_fc1, self.linear_fc2 = nn.Linear(c.hidden, c.intermediate), nn.Linear(c.intermediate, c.hidden)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear_fc2(F.gelu(self.linear_fc1(x), approximate='tanh'))


class Block(nn.Module):
    def __init__(self, c: VisionConfig):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(c.hidden, eps=1e-6), nn.LayerNorm(c.hidden, eps=1e-6)
        self.attn, self.mlp = Attention(c), MLP(c)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, segments: list[Segment]) -> Tensor:
        x = x + self.attn(self.norm1(x), cos, sin, segments)
        return x + self.mlp(self.norm2(x))


class Merger(nn.Module):
    """Four patches → one token. The main merger normalises each patch, a DeepStack merger the four together."""

    def __init__(self, c: VisionConfig, out: int, norm_after_merge: bool):
        super().__init__()
        wide = c.hidden * c.merge ** 2
        self.wide, self.norm_after_merge = wide, norm_after_merge
        self.norm = nn.LayerNorm(wide if norm_after_merge else c.hidden, eps=1e-6)
        self.linear_fc1, self.linear_fc2 = nn.Linear(wide, wide), nn.Linear(wide, out)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(x.view(-1, self.wide)) if self.norm_after_merge else self.norm(x).view(-1, self.wide)
        return self.linear_fc2(F.gelu(self.linear_fc1(x)))


class PatchEmbed(nn.Module):
    """proj.weight is the checkpoint's Conv3d kernel [hidden, 3, 2, 16, 16]."""

    def __init__(self, c: VisionConfig):
        super().__init__()
        self.proj = nn.Conv3d(3, c.hidden, (c.temporal, c.patch, c.patch), (c.temporal, c.patch, c.patch))

    @torch.no_grad()
    def whiten(self, stills: Tensor) -> None:
        """Sets the kernel so that `stills` (N, 768) give uncorrelated outputs of equal variance, in a random rotation
        of their principal components: otherwise a patch's brightness, with a thousand times the variance of its edges,
        hides them."""
        mean = stills.double().mean(0)
        values, vectors = torch.linalg.eigh(torch.cov(stills.double().T))
        size = len(self.proj.weight)
        turn = torch.linalg.qr(torch.randn(size, size, dtype=torch.double)).Q
        kernel = 0.5 * turn @ (vectors[:, -size:] / (values[-size:] + 1e-3).sqrt()).T
        # A still fills both frames of the kernel.
        self.proj.weight.copy_((kernel / 2).view(size, 3, 1, *self.proj.weight.shape[3:]).expand_as(self.proj.weight))
        self.proj.bias.copy_(-(kernel @ mean))

    def forward(self, stills: Tensor, pairs: Tensor) -> Tensor:
        """stills (Ns, 768): one frame used for both; pairs (Nv, 2, 768): two frames → (Ns + Nv, hidden)."""
        kernel, bias = self.proj.weight, self.proj.bias
        first, second = kernel[:, :, 0].flatten(1), kernel[:, :, 1].flatten(1)
        parts = []
        if len(stills):
            parts.append(F.linear(stills, first + second, bias))
        if len(pairs):
            parts.append(F.linear(pairs.flatten(1), torch.cat([first, second], 1), bias))
        return torch.cat(parts)


class VisionEncoder(nn.Module):
    def __init__(self, config: ModelConfig):
        super().__init__()
        c = config.vision
        self.config = c
        self.patch_embed = PatchEmbed(c)
        self.pos_embed = nn.Embedding(c.position_side ** 2, c.hidden)
        self.blocks = nn.ModuleList(Block(c) for _ in range(c.depth))
        self.merger = Merger(c, config.text.hidden, norm_after_merge=False)
        self.deepstack_merger_list = nn.ModuleList(Merger(c, config.text.hidden, norm_after_merge=True) for _ in c.taps)

    def forward(self, stills: Tensor, pairs: Tensor, taps: Tensor, weights: Tensor, angles: Tensor,
                segments: list[Segment]) -> tuple[Tensor, list[Tensor]]:
        """stills, pairs: see PatchEmbed. taps, weights (4, N), angles (N, head_dim / 2): of all patches, in their order.

        Returns V (N / 4, text hidden) and the DeepStack features, each of that shape.
        """
        # Keep f32 under autocast too, because the blocks add small terms to a large sum.
        x = self.patch_embed(stills, pairs).float() + (self.pos_embed(taps) * weights[..., None]).sum(0)
        tokens, padding = len(x) // self.config.merge ** 2, -len(x) % PADDED if self.training and x.device.type == 'cpu' else 0
        x, angles = F.pad(x, (0, 0, 0, padding)), F.pad(angles, (0, 0, 0, padding))
        cos, sin = angles.cos()[:, None], angles.sin()[:, None]
        features = []
        for index, block in enumerate(self.blocks):
            x = block(x, cos, sin, segments)
            if index in self.config.taps:
                features.append(self.deepstack_merger_list[self.config.taps.index(index)](x)[:tokens])
        return self.merger(x)[:tokens], features


def depth_scale(depth: int) -> float:
    """Standard deviation of weights that write to the residual stream (GPT-2's 1/√(2·depth))."""
    return 0.02 / math.sqrt(2 * depth)
