"""Reads a Darkroom package (layout: src/format/manifest.ts) back into float32 weights under the published names."""

import json
from pathlib import Path

import numpy as np
import torch

MANIFEST = "manifest.json"


class Package:
    def __init__(self, folder: Path):
        self.folder = folder
        self.manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        self.shards_sha256 = [shard["sha256"] for shard in self.manifest["shards"]]
        self.config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.shards = [
            np.memmap(folder / f"{shard['sha256']}.safetensors", dtype=np.uint8, mode="r")
            for shard in self.manifest["shards"]
        ]

    def weights(self) -> dict[str, torch.Tensor]:
        entries = self.manifest["tensors"]
        scales = {entry["quantization"]["scales"] for entry in entries.values() if "quantization" in entry}
        weights = {name: self.tensor(entry) for name, entry in entries.items() if name not in scales}
        for layer in self.manifest["experts"]:
            weights |= self.experts(layer)
        return weights

    def tensor(self, entry: dict) -> torch.Tensor:
        stored = self.array(entry, self.ranges(entry))
        quantization = entry.get("quantization")
        if quantization is None:
            return stored.float()
        scales = self.manifest["tensors"][quantization["scales"]]
        return dequantise(stored, self.array(scales, self.ranges(scales)), quantization)

    @staticmethod
    def ranges(entry: dict) -> list[dict]:
        """The byte ranges of an array: one, and those of `rest` if the array is larger than a shard."""
        rest = entry.get("rest", [])
        first = entry["bytes"] - sum(part["bytes"] for part in rest)
        return [{"shard": entry["shard"], "offset": entry["offset"], "bytes": first}, *rest]

    def array(self, entry: dict, ranges: list[dict]) -> torch.Tensor:
        """Reads the stored array; offsets count from the first byte of the shard file."""
        runs = [self.shards[run["shard"]][run["offset"] : run["offset"] + run["bytes"]] for run in ranges]
        dtypes = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "U8": torch.uint8}
        return torch.from_numpy(np.concatenate(runs)).view(dtypes[entry["dtype"]]).reshape(entry["shape"])

    def experts(self, layer: dict) -> dict[str, torch.Tensor]:
        """Fused matrices in (expert, out, in): gate_up_proj (E, 2·I, H) with all gates first, down_proj (E, H, I).

        transformers 5 also reads the published (expert, in, out), but assumes (out, in) for a square matrix.
        """
        parts = {part["name"]: part for part in layer["parts"]}
        gate_up, down = [], []
        for shard, offset in layer["at"]:
            rows = self.expert_matrix(parts, "gate_up", shard, offset)  # (2·I, H), gate and up rows alternate
            gate_up.append(torch.cat([rows[0::2], rows[1::2]]))
            down.append(self.expert_matrix(parts, "down", shard, offset))
        prefix = f"model.language_model.layers.{layer['layer']}.mlp.experts"
        return {f"{prefix}.gate_up_proj": torch.stack(gate_up), f"{prefix}.down_proj": torch.stack(down)}

    def expert_matrix(self, parts: dict[str, dict], name: str, shard: int, offset: int) -> torch.Tensor:
        def read(part: dict) -> torch.Tensor:
            run = {"shard": shard, "offset": offset + part["offset"], "bytes": part["bytes"]}
            return self.array(part, [run])

        part = parts[name]
        if "quantization" not in part:
            return read(part).float()
        return dequantise(read(part), read(parts[f"{name}.scales"]), part["quantization"])


def dequantise(stored: torch.Tensor, scales: torch.Tensor, quantization: dict) -> torch.Tensor:
    """W (rows, columns) = (q − 2^(bits−1)) · scale, from U8 blocks along the columns, low nibble first."""
    bits, block = quantization["bits"], quantization["block"]
    rows, columns = quantization["rows"], quantization["columns"]
    bytes_ = stored.reshape(rows, -1)
    if bits == 4:
        bytes_ = torch.stack([bytes_ & 15, bytes_ >> 4], dim=-1).reshape(rows, -1)
    values = (bytes_.float() - 2 ** (bits - 1)).reshape(rows, -1, block)
    return (values * scales.float().reshape(rows, -1, 1)).reshape(rows, -1)[:, :columns]
