"""The official FP8 layout: E4M3 values with one scale per 128 x 128 block, named `…_scale_inv` though it multiplies."""

import torch

BLOCK = 128
LARGEST = 448.0  # largest finite float8 e4m3fn


def scale_name(name: str) -> str:
    """`x.weight` → `x.weight_scale_inv`; fused experts carry the suffix on the parameter itself."""
    return f"{name}_scale_inv"


def is_quantised(name: str) -> bool:
    """True only for the decoder's attention and expert (or dense) matrices; not for router, head, norms and vision."""
    linear = (".q_proj.", ".k_proj.", ".v_proj.", ".o_proj.", ".gate_proj.", ".up_proj.", ".down_proj.")
    if not name.startswith("model.language_model.layers."):
        return False
    return ".mlp.experts." in name or any(part in name for part in linear)


def quantise(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(…, rows, columns) → values F8_E4M3 of the same shape, scales F32 (…, ⌈rows/128⌉, ⌈columns/128⌉)."""
    rows, columns = weight.shape[-2:]
    scales = torch.empty(*weight.shape[:-2], -(-rows // BLOCK), -(-columns // BLOCK))
    values = torch.empty_like(weight, dtype=torch.float32)
    for r in range(scales.shape[-2]):
        for c in range(scales.shape[-1]):
            block = (..., slice(r * BLOCK, (r + 1) * BLOCK), slice(c * BLOCK, (c + 1) * BLOCK))
            scale = weight[block].float().abs().amax(dim=(-2, -1)) / LARGEST
            scales[..., r, c] = scale
            values[block] = weight[block].float() / scale[..., None, None]
    return values.to(torch.float8_e4m3fn), scales


def dequantise(values: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    """float32 value · scale of its block."""
    rows, columns = values.shape[-2:]
    spread = scales.float().repeat_interleave(BLOCK, dim=-2).repeat_interleave(BLOCK, dim=-1)
    return values.float() * spread[..., :rows, :columns]


def quantise_all(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    quantised = {}
    for name, weight in weights.items():
        if is_quantised(name):
            quantised[name], quantised[scale_name(name)] = quantise(weight)
        else:
            quantised[name] = weight
    return quantised


def dequantise_all(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {
        name: dequantise(weight, weights[scale_name(name)]) if scale_name(name) in weights else weight
        for name, weight in weights.items()
        if not name.endswith("_scale_inv")
    }


def quantization_config(weights: dict[str, torch.Tensor]) -> dict:
    """The `quantization_config` of config.json, with every excluded module by name."""
    excluded = {
        name.removesuffix(".weight").removesuffix(".bias")
        for name in weights
        if name == "lm_head.weight" or name.startswith("model.visual.") or name.endswith(".mlp.gate.weight")
    }
    return {
        "activation_scheme": "dynamic",
        "fmt": "e4m3",
        "modules_to_not_convert": sorted(excluded),
        "quant_method": "fp8",
        "weight_block_size": [BLOCK, BLOCK],
    }
