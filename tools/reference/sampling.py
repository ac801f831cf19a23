"""Applies transformers' logits processors to one vector of logits, in the order in which generate() runs them."""

import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

SIZE = 300

# With the field names of src/contract/conversation.ts.
SETTINGS = [
    {"temperature": 1.0},
    {"temperature": 0.7},
    {"temperature": 0.7, "topK": 20},
    {"temperature": 0.7, "topK": 1},
    {"temperature": 1.0, "topP": 0.8},
    {"temperature": 1.6, "topP": 0.95},
    {"temperature": 1.0, "topP": 0.05},
    {"temperature": 1.0, "minP": 0.1},
    {"temperature": 0.7, "topK": 20, "topP": 0.8},
    {"temperature": 1.5, "topK": 50, "topP": 0.9, "minP": 0.05},
    {"temperature": 1.0, "repetitionPenalty": 1.3},
    {"temperature": 0.7, "topK": 20, "topP": 0.8, "minP": 0.02, "repetitionPenalty": 1.1},
]


def processors(setting: dict) -> LogitsProcessorList:
    """Penalty, temperature, top-k, top-p, min-p: the order of GenerationMixin._get_logits_processor."""
    chain = LogitsProcessorList()
    if "repetitionPenalty" in setting:
        chain.append(RepetitionPenaltyLogitsProcessor(setting["repetitionPenalty"]))
    if setting["temperature"] != 1.0:
        chain.append(TemperatureLogitsWarper(setting["temperature"]))
    if "topK" in setting:
        chain.append(TopKLogitsWarper(setting["topK"]))
    if "topP" in setting:
        chain.append(TopPLogitsWarper(setting["topP"]))
    if "minP" in setting:
        chain.append(MinPLogitsWarper(setting["minP"]))
    return chain


def sampler_goldens() -> tuple[list[dict], dict[str, torch.Tensor]]:
    """(settings, tensors): sampler.logits (300), sampler.seen ids, sampler.probabilities (settings, 300)."""
    generator = torch.Generator().manual_seed(7)
    logits = torch.randn(SIZE, generator=generator) * 2.5
    # Tokens already seen: likely and unlikely ones, with repeats, so that both branches of the penalty apply.
    order = logits.argsort(descending=True)
    seen = torch.cat([order[:4], order[-4:], order[100:110], order[:2]])
    probabilities = [processors(setting)(seen[None], logits[None].clone()).softmax(-1)[0] for setting in SETTINGS]
    tensors = {"logits": logits, "seen": seen.int(), "probabilities": torch.stack(probabilities)}
    return SETTINGS, {f"sampler.{name}": tensor for name, tensor in tensors.items()}
