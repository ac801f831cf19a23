"""Runs every case of cases.json through the reference and writes goldens/. See README.md for the layout.

    python make_goldens.py [--fixture NAME …]
"""

import argparse
import hashlib
import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file

from conversation import read_cases
from reference import Run, load_model, load_processor, read_weights, run_case
from shapes import SHAPES

HERE = Path(__file__).parent
GOLDENS = HERE / "goldens"


def sha256(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def write(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)
    path.chmod(0o644)


def write_runs(path: Path, runs: dict[str, Run], about: dict) -> None:
    """`path`.safetensors with `case.stage` keys, `path`.json with the facts of each case."""
    tensors = {f"{case}.{name}": tensor for case, run in runs.items() for name, tensor in run.tensors.items()}
    write(path.with_name(f"{path.name}.safetensors"), tensors)
    facts = about | {"transformers": transformers.__version__, "cases": {case: run.facts for case, run in runs.items()}}
    text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    path.with_name(f"{path.name}.json").write_text(text, encoding="utf-8")


def write_pixels(runs: dict[str, Run]) -> None:
    """All fixtures share their preprocessor settings, so the patches are stored once."""
    patches = {f"{case}.{name}": tensor for case, run in runs.items() for name, tensor in run.patches.items()}
    write(GOLDENS / "pixels.safetensors", patches)


def report(fixture: str, runs: dict[str, Run]) -> None:
    for case, run in runs.items():
        facts = {key: run.facts[key] for key in ("tokens", "rope_delta", "logits_range", "smallest_margin")}
        facts["router_gap"] = run.facts.get("smallest_router_gap")
        print(fixture, case, facts, ascii(run.facts["answer"])[:70])


def make_fixture_goldens(name: str) -> None:
    checkpoint = HERE / "fixtures" / name
    files = sorted(checkpoint.glob("*.safetensors"))
    model = load_model(json.loads((checkpoint / "config.json").read_text()), read_weights(checkpoint))
    processor = load_processor(checkpoint)
    runs = {case: run_case(model, processor, messages) for case, messages in read_cases().items()}
    write_runs(GOLDENS / name, runs, {"fixture": name, "weights_sha256": sha256(*files)})
    write_pixels(runs)
    report(name, runs)


def main() -> None:
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixture", action="append", choices=[shape.name for shape in SHAPES])
    for name in parser.parse_args().fixture or [shape.name for shape in SHAPES]:
        make_fixture_goldens(name)


if __name__ == "__main__":
    main()
