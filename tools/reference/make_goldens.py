"""Runs every case of cases.json through the reference and writes goldens/. See README.md for the layout.

    python make_goldens.py [--fixture NAME …]
    python make_goldens.py --package DIR --fixture NAME [--out goldens/NAME.PRESET]
"""

import argparse
import hashlib
import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file

from conversation import read_cases
from dequantised import Package
from reference import Run, load_model, load_processor, read_weights, run_case
from shapes import SHAPES

HERE = Path(__file__).parent
GOLDENS = HERE / "goldens"

# Presets hardly change the vision encoder, so one case is enough to check it.
VISION_CASES_OF_PACKAGES = ("picture",)


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
    """Writes `path`.safetensors with `case.stage` keys, and `path`.json with the facts of each case."""
    tensors = {f"{case}.{name}": tensor for case, run in runs.items() for name, tensor in run.tensors.items()}
    write(path.with_name(f"{path.name}.safetensors"), tensors)
    facts = about | {"transformers": transformers.__version__, "cases": {case: run.facts for case, run in runs.items()}}
    text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    path.with_name(f"{path.name}.json").write_text(text, encoding="utf-8")


def write_pixels(runs: dict[str, Run]) -> None:
    """Writes the patches once, because all fixtures share their preprocessor settings."""
    patches = {f"{case}.{name}": tensor for case, run in runs.items() for name, tensor in run.patches.items()}
    write(GOLDENS / "pixels.safetensors", patches)


def report(fixture: str, runs: dict[str, Run]) -> None:
    for case, run in runs.items():
        facts = {key: run.facts[key] for key in ("tokens", "rope_delta", "logits_range", "smallest_margin")}
        facts["router_gap"] = run.facts.get("smallest_router_gap")
        print(fixture, case, facts, ascii(run.facts["answer"])[:70])


def run_all(config: dict, weights: dict[str, torch.Tensor], processor) -> dict[str, Run]:
    model = load_model(config, weights)
    return {case: run_case(model, processor, messages) for case, messages in read_cases().items()}


def make_fixture_goldens(name: str) -> None:
    checkpoint = HERE / "fixtures" / name
    config = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))
    runs = run_all(config, read_weights(checkpoint), load_processor(checkpoint))
    weights_sha256 = sha256(*sorted(checkpoint.glob("*.safetensors")))
    write_runs(GOLDENS / name, runs, {"fixture": name, "weights_sha256": weights_sha256})
    write_pixels(runs)
    report(name, runs)


def make_package_goldens(name: str, folder: Path, out: Path | None) -> None:
    """Runs the same cases on a package's de-quantised weights; omits tensors that do not depend on the weights."""
    package = Package(folder)
    runs = run_all(package.config, package.weights(), load_processor(folder))
    for case, run in runs.items():
        dropped = {"input_ids", "position_ids", "hidden"}
        if case not in VISION_CASES_OF_PACKAGES:
            dropped |= {f"{kind}_{stage}" for kind in ("image", "video") for stage in ("features", "deepstack")}
        run.tensors = {key: tensor for key, tensor in run.tensors.items() if key not in dropped}
    preset = package.manifest["preset"]
    about = {"fixture": name, "preset": preset, "shards_sha256": package.shards_sha256}
    write_runs(out or GOLDENS / f"{name}.{preset}", runs, about)
    report(f"{name} {preset}", runs)


def main() -> None:
    torch.set_num_threads(1)
    names = [shape.name for shape in SHAPES]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fixture", action="append", choices=names, help="default: all")
    parser.add_argument("--package", type=Path, help="a package converted from the one --fixture")
    parser.add_argument("--out", type=Path, help="with --package: path without suffix")
    options = parser.parse_args()
    if options.package:
        if len(options.fixture or []) != 1:
            parser.error("--package needs exactly one --fixture")
        make_package_goldens(options.fixture[0], options.package, options.out)
        return
    for name in options.fixture or names:
        make_fixture_goldens(name)


if __name__ == "__main__":
    main()
