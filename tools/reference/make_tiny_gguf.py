"""Writes gguf/: two tiny random models as GGUF, by llama.cpp's own converter, and the hashes of their values.

    python make_tiny_gguf.py <llama.cpp>

The dense model is in F16, the mixture in Q8_0; the mixture's language file is split in two. values.json has, for each
tensor of the original checkpoint, the SHA-256 of its values as little-endian F32, after their conversion to the type in
the file.
"""

import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

import make_fixtures
from make_gguf import convert
from shapes import Experts, Shape

HERE = Path(__file__).parent
TARGET = HERE / "gguf"
# Matrices of the vision encoder with 24 columns stay F16 in a Q8_0 file, because 24 is no multiple of 32.
SMALL = {
    "hidden": 32,
    "layers": 2,
    "heads": 2,
    "kv_heads": 1,
    "head_dim": 32,
    "mrope_section": (6, 5, 5),
    "intermediate": 64,
    "vision_hidden": 24,
    "vision_heads": 2,
    "vision_intermediate": 48,
    "vision_depth": 4,
    "vision_positions": 16,
    "deepstack": (0, 1, 3),
}
MODELS = [
    (Shape(name="tiny-dense", seed=1, tied=True, **SMALL), "f16", []),
    (
        Shape(name="tiny-moe", seed=2, tied=False, experts=Experts(count=4, per_token=2, intermediate=32), **SMALL),
        "q8_0",
        ["--split-max-tensors", "20"],
    ),
]


def main() -> None:
    source = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(source / "gguf-py"))
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir()
    values = {}
    with tempfile.TemporaryDirectory() as folder:
        make_fixtures.FIXTURES = Path(folder)
        for shape, kind, split in MODELS:
            make_fixtures.write_fixture(shape)
            checkpoint = Path(folder) / shape.name
            convert(source, checkpoint, TARGET / f"{shape.name}-{kind}.gguf", kind, split)
            convert(source, checkpoint, TARGET / f"mmproj-{shape.name}-{kind}.gguf", kind, ["--mmproj"])
            weights = load_file(checkpoint / "model.safetensors")
            values[shape.name] = {name: digest(name, weight, kind) for name, weight in expanded(weights).items()}
    text = json.dumps(values, indent=1, sort_keys=True)
    (TARGET / "values.json").write_text(text + "\n", encoding="utf-8")


def expanded(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Returns two tensors per expert, outputs × inputs each: gate_up, whose gate and up rows alternate, and down."""
    tensors = {}
    for name, weight in weights.items():
        if ".mlp.experts." not in name:
            tensors[name] = weight
            continue
        stem, matrix = name.rsplit(".", 1)
        for expert, inputs_first in enumerate(weight):
            rows = inputs_first.T
            if matrix == "gate_up_proj":
                gate, up = rows.chunk(2)
                rows = torch.stack([gate, up], dim=1).flatten(0, 1)
            tensors[f"{stem}.{expert}.{matrix.removesuffix('_proj')}"] = rows
    return tensors


def digest(name: str, weight: torch.Tensor, kind: str) -> str:
    values = np.ascontiguousarray(weight.float().numpy())
    is_plain = values.ndim == 1 or "pos_embed" in name or name.endswith("mlp.gate.weight")
    if not is_plain and not (kind == "q8_0" and "patch_embed" in name):
        values = through(values, kind)
    return hashlib.sha256(np.ascontiguousarray(values, dtype="<f4").tobytes()).hexdigest()


def through(values: np.ndarray, kind: str) -> np.ndarray:
    from gguf import GGMLQuantizationType, quants

    is_blocks = kind == "q8_0" and values.shape[-1] % 32 == 0
    type_ = GGMLQuantizationType.Q8_0 if is_blocks else GGMLQuantizationType.F16
    return quants.dequantize(quants.quantize(values, type_), type_)


if __name__ == "__main__":
    main()
