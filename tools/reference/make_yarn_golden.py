"""Prints rotary tables stretched by YaRN, as transformers 4.57.6 and later compute them:
`python make_yarn_golden.py > ../../src/engine/prompt/yarn.golden.json`."""

import json

import torch
from transformers.models.qwen3_vl.configuration_qwen3_vl import Qwen3VLTextConfig
from transformers.models.qwen3_vl.modeling_qwen3_vl import Qwen3VLTextRotaryEmbedding

#: Time, height and width of three tokens.
POSITIONS = [[0, 300, 700_000], [0, 315, 700_000], [0, 322, 700_000]]

CASES = [
    # The setting that the models' README recommends beyond 262,144 tokens.
    (128, 5e6, {"factor": 3.0, "original_max_position_embeddings": 262_144, "mrope_section": [24, 20, 20]}),
    (
        64,
        1e4,
        {
            "factor": 4.0,
            "original_max_position_embeddings": 4096,
            "beta_fast": 16,
            "beta_slow": 2,
            "truncate": False,
            "mscale": 0.7,
            "mscale_all_dim": 0.4,
            "mrope_section": [12, 10, 10],
        },
    ),
    (
        32,
        1e6,
        {
            "factor": 8.0,
            "original_max_position_embeddings": 1024,
            "attention_factor": 1.25,
            "mrope_section": [8, 4, 4],
        },
    ),
]


def golden(head_dim: int, theta: float, scaling: dict) -> dict:
    scaling = {"rope_type": "yarn", "mrope_interleaved": True, **scaling}
    config = Qwen3VLTextConfig(
        hidden_size=head_dim,
        num_attention_heads=1,
        num_key_value_heads=1,
        head_dim=head_dim,
        rope_theta=theta,
        rope_scaling=scaling,
    )
    cos, sin = Qwen3VLTextRotaryEmbedding(config)(torch.zeros(1), torch.tensor(POSITIONS)[:, None])
    half = head_dim // 2
    return {
        "config": {"head_dim": head_dim, "rope_theta": theta, "rope_scaling": scaling},
        "positions": sum(POSITIONS, []),
        "cos": cos[0, :, :half].flatten().tolist(),
        "sin": sin[0, :, :half].flatten().tolist(),
    }


if __name__ == "__main__":
    print(json.dumps([golden(*case) for case in CASES]))
