"""The fixtures' sizes, and their config.json in the style of the published checkpoints (transformers 4.57)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Experts:
    count: int
    per_token: int
    intermediate: int


@dataclass(frozen=True)
class Shape:
    name: str
    seed: int
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    mrope_section: tuple[int, int, int]
    intermediate: int
    tied: bool
    vision_hidden: int
    vision_heads: int
    vision_intermediate: int
    vision_depth: int
    vision_positions: int
    deepstack: tuple[int, int, int]
    experts: Experts | None = None
    fp8: bool = False
    shard_bytes: int | None = None
    """Split model.safetensors into files of at most this size, with an index."""

    @property
    def architecture(self) -> str:
        return "qwen3_vl_moe" if self.experts else "qwen3_vl"


SHAPES = [
    # Like the 2B and 4B: a tied head, heads wider than hidden/heads, vision heads of 72, an intermediate size that 32
    # does not divide (like 4304), and the full 48 x 48 position table.
    Shape(
        name="dense-tied",
        seed=13,
        hidden=96,
        layers=4,
        heads=4,
        kv_heads=2,
        head_dim=128,
        mrope_section=(24, 20, 20),
        intermediate=160,
        tied=True,
        vision_hidden=144,
        vision_heads=2,
        vision_intermediate=272,
        vision_depth=5,
        vision_positions=2304,
        deepstack=(1, 2, 3),
    ),
    # Like the 30B-A3B: experts, an untied head, several files with an index, and another position table.
    Shape(
        name="moe-untied",
        seed=302,
        hidden=64,
        layers=4,
        heads=4,
        kv_heads=2,
        head_dim=64,
        mrope_section=(12, 10, 10),
        intermediate=256,
        tied=False,
        vision_hidden=64,
        vision_heads=1,
        vision_intermediate=112,
        vision_depth=4,
        vision_positions=576,
        deepstack=(0, 1, 2),
        experts=Experts(count=16, per_token=4, intermediate=96),
        shard_bytes=1_500_000,
    ),
    # The official FP8 layout; no matrix side is a multiple of the 128-wide scale blocks.
    Shape(
        name="moe-fp8",
        seed=47,
        hidden=160,
        layers=3,
        heads=3,
        kv_heads=1,
        head_dim=64,
        mrope_section=(12, 10, 10),
        intermediate=256,
        tied=False,
        vision_hidden=48,
        vision_heads=2,
        vision_intermediate=80,
        vision_depth=4,
        vision_positions=576,
        deepstack=(0, 1, 2),
        experts=Experts(count=8, per_token=2, intermediate=96),
        fp8=True,
    ),
]

# Rows of the embedding beyond the tokenizer's entries; the published models have 151936 rows for 151669 entries.
PADDING_ROWS = 14


def model_config(shape: Shape, vocabulary: int, token_id) -> dict:
    """config.json. `token_id` maps an added token's text to its id."""
    text = {
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": token_id("<|endoftext|>"),
        "dtype": "bfloat16",
        "eos_token_id": token_id("<|im_end|>"),
        "head_dim": shape.head_dim,
        "hidden_act": "silu",
        "hidden_size": shape.hidden,
        "initializer_range": 0.02,
        "intermediate_size": shape.intermediate,
        "max_position_embeddings": 262144,
        "model_type": f"{shape.architecture}_text",
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "num_key_value_heads": shape.kv_heads,
        "rms_norm_eps": 1e-06,
        "rope_scaling": {
            "mrope_interleaved": True,
            "mrope_section": list(shape.mrope_section),
            "rope_type": "default",
        },
        "rope_theta": 5000000,
        "use_cache": True,
        "vocab_size": vocabulary,
    }
    if shape.experts:
        text |= {
            "decoder_sparse_step": 1,
            "mlp_only_layers": [],
            "moe_intermediate_size": shape.experts.intermediate,
            "norm_topk_prob": True,
            "num_experts": shape.experts.count,
            "num_experts_per_tok": shape.experts.per_token,
        }
    else:
        text["tie_word_embeddings"] = shape.tied
    classes = {"qwen3_vl": "Qwen3VLForConditionalGeneration", "qwen3_vl_moe": "Qwen3VLMoeForConditionalGeneration"}
    return {
        "architectures": [classes[shape.architecture]],
        "image_token_id": token_id("<|image_pad|>"),
        "model_type": shape.architecture,
        "text_config": dict(sorted(text.items())),
        "tie_word_embeddings": shape.tied,
        "transformers_version": "4.57.0.dev0",
        "video_token_id": token_id("<|video_pad|>"),
        "vision_config": {
            "deepstack_visual_indexes": list(shape.deepstack),
            "depth": shape.vision_depth,
            "hidden_act": "gelu_pytorch_tanh",
            "hidden_size": shape.vision_hidden,
            "in_channels": 3,
            "initializer_range": 0.02,
            "intermediate_size": shape.vision_intermediate,
            "model_type": shape.architecture,
            "num_heads": shape.vision_heads,
            "num_position_embeddings": shape.vision_positions,
            "out_hidden_size": shape.hidden,
            "patch_size": 16,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
        },
        "vision_end_token_id": token_id("<|vision_end|>"),
        "vision_start_token_id": token_id("<|vision_start|>"),
    }
