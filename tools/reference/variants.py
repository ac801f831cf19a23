"""Writes other layouts of a checkpoint's weights, which must load as the same model.

    python variants.py split     fixtures/moe-untied OUT    one tensor per expert and projection
    python variants.py v5        fixtures/moe-untied OUT    experts in the layout of transformers 5: (expert, out, in)
    python variants.py split-fp8 fixtures/moe-fp8    OUT    one FP8 tensor and one grid of scales per expert
    python variants.py f16       fixtures/dense-tied OUT    float16 (also: f32)
    python variants.py single    fixtures/moe-untied OUT    one file without an index
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file

import fp8
from make_fixtures import write_weights


def read_stored(checkpoint: Path) -> dict[str, torch.Tensor]:
    """Reads every tensor as stored, FP8 included."""
    weights = {}
    for file in sorted(checkpoint.glob("*.safetensors")):
        weights |= load_file(file)
    return weights


def split(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Splits fused experts into `experts.{e}.{gate,up,down}_proj.weight`, each (out, in)."""
    parts = {}
    for name, weight in weights.items():
        layer, marker, projection = name.partition(".mlp.experts.")
        if not marker:
            parts[name] = weight
            continue
        for e, matrix in enumerate(weight):
            expert = f"{layer}.mlp.experts.{e}"
            if projection == "down_proj":
                parts[f"{expert}.down_proj.weight"] = matrix.T.contiguous()
            else:
                gate, up = matrix.T.contiguous().chunk(2)
                parts |= {f"{expert}.gate_proj.weight": gate.clone(), f"{expert}.up_proj.weight": up.clone()}
    return parts


def split_fp8(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Splits the de-quantised experts and quantises each matrix again (blocks no longer mix gate and up)."""
    return fp8.quantise_all({name: w.bfloat16() for name, w in split(fp8.dequantise_all(weights)).items()})


def transposed(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {
        name: weight.transpose(1, 2).contiguous() if ".mlp.experts." in name else weight
        for name, weight in weights.items()
    }


def cast(dtype: torch.dtype):
    return lambda weights: {name: weight.to(dtype) for name, weight in weights.items()}


VARIANTS = {
    "split": split,
    "split-fp8": split_fp8,
    "v5": transposed,
    "f16": cast(torch.float16),
    "f32": cast(torch.float32),
    "single": lambda weights: weights,
}


def write_variant(kind: str, checkpoint: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    for file in checkpoint.iterdir():
        if not file.name.startswith("model"):
            shutil.copy(file, folder)
    if kind in ("f16", "f32"):
        config = json.loads((folder / "config.json").read_text())
        config["text_config"]["dtype"] = {"f16": "float16", "f32": "float32"}[kind]
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    write_weights(folder, VARIANTS[kind](read_stored(checkpoint)), None)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in VARIANTS:
        sys.exit(__doc__)
    write_variant(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
