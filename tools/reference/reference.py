"""Runs the reference implementation (transformers, CPU, float32) and collects the results of each stage."""

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import (
    AutoProcessor,
    GenerationConfig,
    PreTrainedModel,
    ProcessorMixin,
    Qwen3VLForConditionalGeneration,
    Qwen3VLMoeForConditionalGeneration,
)

import fp8
from conversation import prepare

CLASSES = {
    "qwen3_vl": Qwen3VLForConditionalGeneration,
    "qwen3_vl_moe": Qwen3VLMoeForConditionalGeneration,
}
NEW_TOKENS = 32
# transformers 4.57, which make_clip_goldens.py uses, only has eager experts and does not know this argument.
EAGER_EXPERTS = {} if transformers.__version__.startswith("4.") else {"experts_implementation": "eager"}


def read_weights(checkpoint: Path) -> dict[str, torch.Tensor]:
    """Reads every tensor of a checkpoint folder, and de-quantises FP8 blocks."""
    weights = {}
    for file in sorted(checkpoint.glob("*.safetensors")):
        weights |= load_file(file)
    return fp8.dequantise_all(weights)


def load_model(config: dict, weights: dict[str, torch.Tensor]) -> PreTrainedModel:
    """The reference model in float32, from a published config.json and weights under the published names."""
    config = {key: value for key, value in config.items() if key != "quantization_config"}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "config.json").write_text(json.dumps(config))
        floats = {name: weight.float().contiguous() for name, weight in weights.items()}
        save_file(floats, Path(folder, "model.safetensors"), metadata={"format": "pt"})
        model, report = CLASSES[config["model_type"]].from_pretrained(
            folder,
            dtype=torch.float32,
            attn_implementation="eager",
            output_loading_info=True,
            **EAGER_EXPERTS,
        )
    problems = {kind: names for kind, names in report.items() if names}
    if problems:
        raise ValueError(f"the weights do not fit the model: {problems}")
    return model.eval()


def load_processor(checkpoint: Path) -> ProcessorMixin:
    return AutoProcessor.from_pretrained(checkpoint)


@dataclass
class Stages:
    """The values that the hooks record during one run."""

    vision: list = field(default_factory=list)
    hidden: list[torch.Tensor] = field(default_factory=list)
    router_gaps: list[torch.Tensor] = field(default_factory=list)
    chosen: list[torch.Tensor] = field(default_factory=list)


def watch(model: PreTrainedModel, stages: Stages) -> list:
    """Adds hooks that record vision outputs, each layer's hidden state (with its DeepStack feature) and the routing."""
    text = model.model.language_model
    hooks = [model.model.visual.register_forward_hook(lambda module, args, output: stages.vision.append(output))]

    def keep_hidden(module, args):
        stages.hidden.append(args[0][0, -1].clone())

    # The next layer (or the final norm) reads the previous layer's output after the DeepStack addition.
    hooks += [module.register_forward_pre_hook(keep_hidden) for module in [*text.layers[1:], text.norm]]

    def keep_routing(module, args, output):
        ordered, experts = output[0].sort(dim=-1, descending=True)
        stages.chosen.append(experts[-1, : module.top_k])
        if module.top_k == ordered.shape[-1]:
            return  # every expert is chosen
        stages.router_gaps.append(ordered[:, module.top_k - 1] - ordered[:, module.top_k])

    gates = [layer.mlp.gate for layer in text.layers if hasattr(layer.mlp, "gate")]
    return hooks + [gate.register_forward_hook(keep_routing) for gate in gates]


@dataclass
class Run:
    """The results of one case. README.md has the shapes."""

    facts: dict
    tensors: dict[str, torch.Tensor]
    patches: dict[str, torch.Tensor]


@torch.no_grad()
def run_case(model: PreTrainedModel, processor: ProcessorMixin, messages: list[dict]) -> Run:
    prompt, inputs = prepare(processor, messages)
    position_ids, rope_deltas = model.model.get_rope_index(**inputs)
    stages = Stages()
    hooks = watch(model, stages)
    prefill = model(**inputs, use_cache=False).logits[0, -1]
    vision, hidden = list(stages.vision), torch.stack(stages.hidden)
    stages.chosen.clear()
    generated = generate(model, inputs)
    for hook in hooks:
        hook.remove()
    steps = torch.stack(generated.logits)[:, 0]
    if not torch.allclose(steps[0], prefill, atol=1e-4):
        raise ValueError("generate() and forward() disagree about the first logits")
    best = steps.topk(2, dim=-1)
    ids = generated.sequences[0, inputs["input_ids"].shape[1] :]
    margins = best.values[:, 0] - best.values[:, 1]
    tensors = {
        "input_ids": inputs["input_ids"][0].int(),
        "position_ids": position_ids[:, 0].int(),
        "hidden": hidden,
        "logits": prefill,
        "greedy_ids": ids.int(),
        "greedy_runner_up_ids": best.indices[:, 1].int(),
        "greedy_margins": margins,
    }
    facts = {
        "prompt": prompt,
        "tokens": inputs["input_ids"].shape[1],
        "rope_delta": int(rope_deltas[0, 0]),
        "image_grids": inputs["image_grid_thw"].tolist() if "image_grid_thw" in inputs else [],
        "video_grids": inputs["video_grid_thw"].tolist() if "video_grid_thw" in inputs else [],
        "answer": processor.tokenizer.decode(ids),
        "logits_range": float(prefill.max() - prefill.min()),
        "smallest_margin": float(margins.min()),
    }
    if stages.chosen:
        # One entry per mixture layer and step; a step computes the last position of its input.
        tensors["greedy_experts"] = torch.stack(stages.chosen).reshape(len(ids), -1, stages.chosen[0].shape[-1]).int()
    if stages.router_gaps:
        facts["smallest_router_gap"] = float(torch.cat(stages.router_gaps).min())
    kinds = [kind for kind in ("image", "video") if f"{kind}_grid_thw" in inputs]
    for kind, output in zip(kinds, vision, strict=True):
        # The outputs are already split by picture or by clip.
        tensors[f"{kind}_features"] = torch.cat(output.pooler_output)
        if output.deepstack_features:
            tensors[f"{kind}_deepstack"] = torch.stack(output.deepstack_features)
    values = {"image": "pixel_values", "video": "pixel_values_videos"}
    patches = {f"{kind}_patches": as_bytes(inputs[values[kind]]) for kind in kinds}
    return Run(facts, tensors, patches)


def generate(model: PreTrainedModel, inputs):
    """Generates exactly NEW_TOKENS tokens greedily; end-of-sequence ids do not stop it."""
    model.generation_config = GenerationConfig(pad_token_id=0)
    return model.generate(
        **inputs,
        do_sample=False,
        max_new_tokens=NEW_TOKENS,
        min_new_tokens=None,
        output_logits=True,
        return_dict_in_generate=True,
    )


def as_bytes(pixels: torch.Tensor) -> torch.Tensor:
    """Converts pixel_values (patches, 3·2·16·16) back to bytes: pixel = (u8 − 127.5) / 127.5, which must be exact."""
    values = (pixels * 127.5 + 127.5).round()
    if not torch.equal((values - 127.5) / 127.5, pixels):
        raise ValueError("pixel_values are not (u8 − 127.5) / 127.5")
    return values.to(torch.uint8)
