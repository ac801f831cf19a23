"""Random weights under the published names, shapes and orientation.

The scales are chosen so that every part of the model affects the logits: attention is neither flat nor one-hot,
position embeddings and DeepStack features are as large as the stream to which they are added, the experts are
independent, and the logits spread over several units. Added tokens and padding rows get short vectors, because a
trained model does not emit them either: so an answer never stops early, and never contains a picture's placeholder.
Everything is rounded to bfloat16.
"""

import torch

from shapes import Shape

QUIET = 0.35
"""Length of the vectors of added tokens and padding rows, relative to the other vectors."""


class Draw:
    """Seeded normal and uniform arrays in bfloat16."""

    def __init__(self, seed: int):
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *size: int, std: float, mean: float = 0.0) -> torch.Tensor:
        values = torch.randn(size, generator=self.generator) * std + mean
        return values.to(torch.bfloat16)

    def linear(self, rows: int, columns: int, gain: float = 1.0) -> torch.Tensor:
        """A (out, in) matrix that multiplies the variance of its input by gain²."""
        return self.normal(rows, columns, std=gain * columns**-0.5)

    def rows(self, vocabulary: int, ordinary: int, hidden: int, std: float) -> torch.Tensor:
        """One vector per token (vocabulary, hidden); those from `ordinary` on are short."""
        values = torch.randn(vocabulary, hidden, generator=self.generator) * std
        values[ordinary:] *= QUIET
        return values.to(torch.bfloat16)


def text_weights(shape: Shape, vocabulary: int, ordinary: int, draw: Draw) -> dict[str, torch.Tensor]:
    h, width, kv_width = shape.hidden, shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    prefix = "model.language_model"
    weights = {f"{prefix}.embed_tokens.weight": draw.rows(vocabulary, ordinary, h, std=0.45)}
    for i in range(shape.layers):
        layer = f"{prefix}.layers.{i}"
        weights |= {
            f"{layer}.input_layernorm.weight": draw.normal(h, mean=1.0, std=0.25),
            f"{layer}.self_attn.q_proj.weight": draw.linear(width, h),
            f"{layer}.self_attn.k_proj.weight": draw.linear(kv_width, h),
            f"{layer}.self_attn.v_proj.weight": draw.linear(kv_width, h, gain=1.6),
            f"{layer}.self_attn.o_proj.weight": draw.linear(h, width, gain=1.6),
            # With these norms, the scores q·k of unit-RMS heads have a spread of about 1.7.
            f"{layer}.self_attn.q_norm.weight": draw.normal(shape.head_dim, mean=1.3, std=0.3),
            f"{layer}.self_attn.k_norm.weight": draw.normal(shape.head_dim, mean=1.3, std=0.3),
            f"{layer}.post_attention_layernorm.weight": draw.normal(h, mean=1.0, std=0.25),
        }
        weights |= expert_weights(shape, layer, draw) if shape.experts else dense_weights(shape, layer, draw)
    # With a tied head, a final norm of both signs keeps a token's own embedding from predicting itself.
    final = draw.normal(h, mean=0.2, std=1.0) if shape.tied else draw.normal(h, mean=1.0, std=0.25)
    weights[f"{prefix}.norm.weight"] = final
    if not shape.tied:
        weights["lm_head.weight"] = draw.rows(vocabulary, ordinary, h, std=4.0 * h**-0.5)
    return weights


def dense_weights(shape: Shape, layer: str, draw: Draw) -> dict[str, torch.Tensor]:
    return {
        f"{layer}.mlp.gate_proj.weight": draw.linear(shape.intermediate, shape.hidden, gain=1.5),
        f"{layer}.mlp.up_proj.weight": draw.linear(shape.intermediate, shape.hidden, gain=1.2),
        f"{layer}.mlp.down_proj.weight": draw.linear(shape.hidden, shape.intermediate, gain=1.2),
    }


def expert_weights(shape: Shape, layer: str, draw: Draw) -> dict[str, torch.Tensor]:
    """Fused experts as published: (expert, in, out), gate columns first, then up columns."""
    e, h, i = shape.experts.count, shape.hidden, shape.experts.intermediate
    gate = draw.normal(e, h, i, std=1.5 * h**-0.5)
    up = draw.normal(e, h, i, std=1.2 * h**-0.5)
    return {
        f"{layer}.mlp.gate.weight": draw.linear(e, h, gain=2.5),
        f"{layer}.mlp.experts.gate_up_proj": torch.cat([gate, up], dim=2).contiguous(),
        f"{layer}.mlp.experts.down_proj": draw.normal(e, i, h, std=1.0 * i**-0.5),
    }


def vision_weights(shape: Shape, draw: Draw) -> dict[str, torch.Tensor]:
    hv, iv = shape.vision_hidden, shape.vision_intermediate
    weights = {
        "model.visual.patch_embed.proj.weight": draw.normal(hv, 3, 2, 16, 16, std=1.5 * 1536**-0.5),
        "model.visual.patch_embed.proj.bias": draw.normal(hv, std=0.2),
        "model.visual.pos_embed.weight": draw.normal(shape.vision_positions, hv, std=0.6),
    }
    for i in range(shape.vision_depth):
        block = f"model.visual.blocks.{i}"
        weights |= norm_weights(f"{block}.norm1", hv, draw)
        weights |= linear_weights(f"{block}.attn.qkv", 3 * hv, hv, 1.3, draw)
        weights |= linear_weights(f"{block}.attn.proj", hv, hv, 1.3, draw)
        weights |= norm_weights(f"{block}.norm2", hv, draw)
        weights |= linear_weights(f"{block}.mlp.linear_fc1", iv, hv, 1.3, draw)
        weights |= linear_weights(f"{block}.mlp.linear_fc2", hv, iv, 1.2, draw)
    # The main merger normalises each patch; the DeepStack mergers normalise the four merged patches together.
    weights |= merger_weights("model.visual.merger", shape, hv, draw)
    for tap in range(len(shape.deepstack)):
        weights |= merger_weights(f"model.visual.deepstack_merger_list.{tap}", shape, 4 * hv, draw)
    return weights


def merger_weights(name: str, shape: Shape, norm_width: int, draw: Draw) -> dict[str, torch.Tensor]:
    width = 4 * shape.vision_hidden
    weights = norm_weights(f"{name}.norm", norm_width, draw)
    weights |= linear_weights(f"{name}.linear_fc1", width, width, 1.3, draw)
    return weights | linear_weights(f"{name}.linear_fc2", shape.hidden, width, 1.2, draw)


def norm_weights(name: str, width: int, draw: Draw) -> dict[str, torch.Tensor]:
    return {
        f"{name}.weight": draw.normal(width, mean=1.0, std=0.25),
        f"{name}.bias": draw.normal(width, std=0.2),
    }


def linear_weights(name: str, rows: int, columns: int, gain: float, draw: Draw) -> dict[str, torch.Tensor]:
    return {f"{name}.weight": draw.linear(rows, columns, gain), f"{name}.bias": draw.normal(rows, std=0.2)}


def random_weights(shape: Shape, vocabulary: int, ordinary: int) -> dict[str, torch.Tensor]:
    """All tensors; `vocabulary` is the number of embedding rows, and the first `ordinary` rows are no added tokens."""
    draw = Draw(shape.seed)
    return text_weights(shape, vocabulary, ordinary, draw) | vision_weights(shape, draw)
