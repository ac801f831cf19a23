"""Sizes of a Qwen3-VL-MoE and the ids of its special tokens; to_hugging_face() makes config.json."""

from dataclasses import asdict, dataclass

# The tokenizer puts 2,022 byte-level tokens first and the special ones after them (tokenizer.py).
END_OF_TEXT, IM_START, IM_END = 2022, 2023, 2024
VISION_START, VISION_END, IMAGE_PAD, VIDEO_PAD = 2031, 2032, 2034, 2035


@dataclass(frozen=True)
class VisionConfig:
    depth: int = 8
    hidden: int = 192
    heads: int = 6
    intermediate: int = 768
    patch: int = 16
    temporal: int = 2
    merge: int = 2
    position_side: int = 24  # the learned table is position_side² rows
    taps: tuple[int, ...] = (1, 3, 5)  # deepstack_visual_indexes


@dataclass(frozen=True)
class TextConfig:
    vocabulary: int = 2048
    hidden: int = 256
    layers: int = 6
    heads: int = 8
    kv_heads: int = 4
    head_dim: int = 32
    experts: int = 16
    top_k: int = 4
    # 2·96 ≠ 256: if gate_up_proj were square, no reader (such as transformers) could distinguish [E, in, out] from
    # [E, out, in].
    expert_intermediate: int = 96
    rope_theta: float = 10000.0
    mrope_section: tuple[int, int, int] = (6, 5, 5)
    eps: float = 1e-6


@dataclass(frozen=True)
class ModelConfig:
    vision: VisionConfig = VisionConfig()
    text: TextConfig = TextConfig()


# `tiny` is the built-in model's size; `demo` is larger and has not been trained yet.
SIZES = {
    'demo': ModelConfig(),
    'tiny': ModelConfig(VisionConfig(depth=5, hidden=128, heads=4, intermediate=512, taps=(1, 2, 3)),
                        TextConfig(hidden=160, layers=4, heads=7, kv_heads=7, experts=8, top_k=2, expert_intermediate=192)),
}


def to_hugging_face(config: ModelConfig) -> dict:
    """config.json of the checkpoint in the format of transformers' Qwen3VLMoeForConditionalGeneration."""
    v, t = config.vision, config.text
    return {
        'architectures': ['Qwen3VLMoeForConditionalGeneration'], 'model_type': 'qwen3_vl_moe', 'dtype': 'bfloat16',
        'image_token_id': IMAGE_PAD, 'video_token_id': VIDEO_PAD, 'vision_start_token_id': VISION_START,
        'vision_end_token_id': VISION_END, 'tie_word_embeddings': False,
        'text_config': {
            'model_type': 'qwen3_vl_moe_text', 'dtype': 'bfloat16', 'vocab_size': t.vocabulary, 'hidden_size': t.hidden,
            'num_hidden_layers': t.layers, 'num_attention_heads': t.heads, 'num_key_value_heads': t.kv_heads,
            'head_dim': t.head_dim, 'hidden_act': 'silu', 'rms_norm_eps': t.eps, 'attention_bias': False,
            'attention_dropout': 0.0, 'rope_theta': t.rope_theta,
            'rope_scaling': {'rope_type': 'default', 'mrope_section': list(t.mrope_section), 'mrope_interleaved': True},
            'max_position_embeddings': 8192, 'initializer_range': 0.02, 'use_cache': True, 'intermediate_size': 4 * t.hidden,
            'moe_intermediate_size': t.expert_intermediate, 'num_experts': t.experts, 'num_experts_per_tok': t.top_k,
            'norm_topk_prob': True, 'decoder_sparse_step': 1, 'mlp_only_layers': [], 'router_aux_loss_coef': 0.01,
            'bos_token_id': END_OF_TEXT, 'eos_token_id': IM_END, 'pad_token_id': END_OF_TEXT, 'tie_word_embeddings': False,
        },
        'vision_config': {
            'model_type': 'qwen3_vl_moe', 'depth': v.depth, 'hidden_size': v.hidden, 'num_heads': v.heads,
            'intermediate_size': v.intermediate, 'hidden_act': 'gelu_pytorch_tanh', 'in_channels': 3, 'patch_size': v.patch,
            'temporal_patch_size': v.temporal, 'spatial_merge_size': v.merge, 'out_hidden_size': t.hidden,
            'num_position_embeddings': v.position_side ** 2, 'deepstack_visual_indexes': list(v.taps),
            'initializer_range': 0.02,
        },
    }


def describe(config: ModelConfig) -> dict:
    """The sizes as plain data, for storage in a training checkpoint."""
    return {'vision': asdict(config.vision), 'text': asdict(config.text)}
