"""Writes goldens/clips-4.57.6.json: the ids that transformers 4.57.6 gives for every case with a clip.

    .venv-4.57.6/bin/python make_clip_goldens.py     # requirements-4.57.6.txt

All other goldens come from 5.17, which keeps the template's vision_start and vision_end around the groups of a clip;
4.57.6 and the data on which the models were trained lack them. This script also runs the models in 4.57.6 and compares
their logits with the goldens.
"""

import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file
from transformers import AutoProcessor

from conversation import parts_of, prepare, read_cases
from make_goldens import GOLDENS, HERE
from reference import load_model, read_weights

FIXTURES = ("dense-tied", "moe-untied", "moe-fp8")


def main() -> None:
    torch.set_num_threads(1)
    cases = {name: case for name, case in read_cases().items() if any(parts_of(m, "video") for m in case)}
    ids: dict[str, dict[str, list[int]]] = {}
    for fixture in FIXTURES:
        checkpoint: Path = HERE / "fixtures" / fixture
        processor = AutoProcessor.from_pretrained(checkpoint)
        goldens = load_file(GOLDENS / f"{fixture}.safetensors")
        config = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))
        model = load_model(config, read_weights(checkpoint))
        ids[fixture] = {}
        for name, case in cases.items():
            _, inputs = prepare(processor, case, keep_wrapper=True)
            ids[fixture][name] = inputs["input_ids"][0].tolist()
            with torch.no_grad():
                logits = model(**inputs, use_cache=False).logits[0, -1]
            off = (logits - goldens[f"{name}.logits"]).abs().max()
            same = ids[fixture][name] == goldens[f"{name}.input_ids"].tolist()
            print(f"{fixture} {name}: ids {'equal' if same else 'DIFFER'}, logits off by {off:.1e}")
    file = GOLDENS / "clips-4.57.6.json"
    file.write_text(json.dumps({"transformers": transformers.__version__, "input_ids": ids}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
