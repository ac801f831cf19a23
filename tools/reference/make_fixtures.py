"""Writes the small random checkpoints of fixtures/, in the published layout. `python make_fixtures.py [name …]`."""

import json
import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

import fp8
import tokenizer as bpe
from shapes import PADDING_ROWS, SHAPES, Shape, model_config
from weights import random_weights

HERE = Path(__file__).parent
FIXTURES = HERE / "fixtures"

# Limits far below the published 65536 … 16777216 keep the pictures small: one is enlarged, one fits, two shrink.
MIN_PIXELS, MAX_PIXELS = 16384, 49152


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_file(path: Path, weights: dict[str, torch.Tensor]) -> None:
    save_file(weights, path, metadata={"format": "pt"})
    path.chmod(0o644)


def write_weights(folder: Path, weights: dict[str, torch.Tensor], shard_bytes: int | None) -> None:
    """Writes one model.safetensors or, with `shard_bytes`, numbered files of at most that size and an index."""
    files: list[dict[str, torch.Tensor]] = [{}]
    filled = 0
    for name, weight in weights.items():
        if shard_bytes and files[-1] and filled + weight.nbytes > shard_bytes:
            files.append({})
            filled = 0
        files[-1][name] = weight.contiguous()
        filled += weight.nbytes
    if not shard_bytes:
        write_file(folder / "model.safetensors", files[0])
        return
    weight_map = {}
    for number, part in enumerate(files, start=1):
        file = f"model-{number:05}-of-{len(files):05}.safetensors"
        write_file(folder / file, part)
        weight_map |= {name: file for name in part}
    total = sum(weight.nbytes for weight in weights.values())
    index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(weight_map.items()))}
    write_json(folder / "model.safetensors.index.json", index)


def write_processors(folder: Path) -> None:
    """Writes preprocessor_config.json and video_preprocessor_config.json with the fields of the published ones."""
    shared = {
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
        "merge_size": 2,
        "patch_size": 16,
        "processor_class": "Qwen3VLProcessor",
        "temporal_patch_size": 2,
    }
    image = {
        "size": {"longest_edge": MAX_PIXELS, "shortest_edge": MIN_PIXELS},
        "image_processor_type": "Qwen2VLImageProcessorFast",
    }
    video = {
        "size": {"longest_edge": 25165824, "shortest_edge": 4096},
        "video_processor_type": "Qwen3VLVideoProcessor",
    }
    write_json(folder / "preprocessor_config.json", image | shared)
    write_json(folder / "video_preprocessor_config.json", video | shared)


def write_chat_template(folder: Path, shape: Shape, tokenizer_config: dict) -> None:
    """Published checkpoints have the template in chat_template.json and tokenizer_config.json, newer ones in .jinja."""
    template = (HERE / "chat_template.jinja").read_text(encoding="utf-8")
    if shape.name == "moe-untied":
        (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
        return
    write_json(folder / "chat_template.json", {"chat_template": template})
    tokenizer_config["chat_template"] = template


def write_fixture(shape: Shape) -> None:
    folder = FIXTURES / shape.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tokenizer = bpe.train()
    vocabulary = tokenizer.get_vocab_size() + PADDING_ROWS
    weights = random_weights(shape, vocabulary, tokenizer.get_vocab_size(with_added_tokens=False))
    config = model_config(shape, vocabulary, tokenizer.token_to_id)
    if shape.fp8:
        config["quantization_config"] = fp8.quantization_config(weights)
        weights = fp8.quantise_all(weights)
    write_json(folder / "config.json", config)
    write_weights(folder, weights, shape.shard_bytes)
    tokenizer.save(str(folder / "tokenizer.json"))
    tokenizer_config = bpe.tokenizer_config(tokenizer)
    write_chat_template(folder, shape, tokenizer_config)
    write_json(folder / "tokenizer_config.json", tokenizer_config)
    write_processors(folder)
    ids = tokenizer.token_to_id
    generation = {
        "bos_token_id": ids("<|endoftext|>"),
        "pad_token_id": ids("<|endoftext|>"),
        "do_sample": True,
        "eos_token_id": [ids("<|im_end|>"), ids("<|endoftext|>")],
        "top_k": 20,
        "top_p": 0.8,
        "repetition_penalty": 1.0,
        "temperature": 0.7,
        "transformers_version": "4.56.0",
    }
    write_json(folder / "generation_config.json", generation)


if __name__ == "__main__":
    wanted = sys.argv[1:] or [shape.name for shape in SHAPES]
    for shape in SHAPES:
        if shape.name in wanted:
            write_fixture(shape)
            size = sum(file.stat().st_size for file in (FIXTURES / shape.name).iterdir())
            print(f"{shape.name}: {size / 1e6:.2f} MB")
