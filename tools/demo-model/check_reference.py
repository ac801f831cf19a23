"""Checks that the reference implementation (transformers) loads an exported checkpoint and computes our logits.

python check_reference.py [CHECKPOINT_FOLDER]; without a folder, exports and checks untrained weights of sizes tiny and
demo. Compares logits in f32 at every answer token of stills, two pictures and clips. Also checks that the tokenizer
files load, that the chat template writes the prompt used in training, and that greedy answers agree.
"""

import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoTokenizer, Qwen3VLMoeForConditionalGeneration

from export import write
from model.batch import collate, place
from model.config import IMAGE_PAD, SIZES, VIDEO_PAD, ModelConfig, TextConfig, VisionConfig
from model.qwen3vl import Qwen3VL
from scenes.sample import HELD_OUT_SEEDS, SKILLS, make_scene
from tokenizer import load

TOLERANCE = 2e-4  # of the largest logit; both sides compute in f32


def config_of(folder: Path) -> ModelConfig:
    """Reads our sizes from config.json."""
    c = AutoConfig.from_pretrained(folder)
    v, t = c.vision_config, c.text_config
    rope = t.rope_parameters
    return ModelConfig(
        VisionConfig(v.depth, v.hidden_size, v.num_heads, v.intermediate_size, v.patch_size, v.temporal_patch_size,
                     v.spatial_merge_size, round(v.num_position_embeddings ** 0.5), tuple(v.deepstack_visual_indexes)),
        TextConfig(t.vocab_size, t.hidden_size, t.num_hidden_layers, t.num_attention_heads, t.num_key_value_heads, t.head_dim,
                   t.num_experts, t.num_experts_per_tok, t.moe_intermediate_size, rope['rope_theta'],
                   tuple(rope['mrope_section']), t.rms_norm_eps))


def reference_inputs(row: dict) -> dict:
    """Converts our batch of one scene with one question to the inputs of the reference's forward()."""
    used = int((row['turns'][0] >= 0).sum())
    tokens = torch.as_tensor(row['tokens'])[:, :used]
    stills, pairs = torch.as_tensor(row['stills']), torch.as_tensor(row['pairs'])
    kinds = torch.zeros_like(tokens)
    kinds[tokens == IMAGE_PAD], kinds[tokens == VIDEO_PAD] = 1, 2
    inputs = {'input_ids': tokens, 'mm_token_type_ids': kinds.int(), 'attention_mask': torch.ones_like(tokens)}

    def normalise(frames: torch.Tensor) -> torch.Tensor:  # (N, 2, 768) τ-major → (N, 1536) channel, τ, y, x
        n = len(frames)
        return frames.view(n, 2, 3, 256).transpose(1, 2).reshape(n, 1536).float().sub(127.5).div(127.5)
    if len(stills):
        inputs['pixel_values'] = normalise(stills[:, None].expand(-1, 2, -1).contiguous())
        inputs['image_grid_thw'] = torch.tensor([[1, h, w] for h, w in row['grids']])
    if len(pairs):
        inputs['pixel_values_videos'] = normalise(pairs.contiguous())
        inputs['video_grid_thw'] = torch.tensor([[len(row['grids']), *row['grids'][0]]])
    return inputs


def check(folder: Path) -> float:
    """Returns the largest difference of a logit, relative to the largest logit; AssertionError if above TOLERANCE."""
    config, tokenizer = config_of(folder), load()
    reference = Qwen3VLMoeForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation='eager').eval()
    ours = Qwen3VL(config).eval()
    saved = load_file(str(folder / 'model.safetensors'))
    ours.load_state_dict({k: v.float() for k, v in saved.items()})
    worst = 0.0
    for skill in SKILLS:
        for seed in range(HELD_OUT_SEEDS, HELD_OUT_SEEDS + 3):
            row = collate([(make_scene(skill, seed), seed)], tokenizer, 512, held_out=True, most=1)
            with torch.no_grad():
                mine = ours(place(row, config, torch.device('cpu')))['logits']
                theirs = reference(**reference_inputs(row)).logits[0][torch.as_tensor(row['answer_at'])]
            difference = float((mine - theirs).abs().max() / theirs.abs().max())
            worst = max(worst, difference)
            assert difference < TOLERANCE, f'{skill} {seed}: {difference:.2e}'
    check_prompt(folder)
    return worst


def check_prompt(folder: Path) -> None:
    """Checks that the template and tokenizer files give, token by token, the prompt used in training."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    scene = make_scene('pairs', HELD_OUT_SEEDS)
    row = collate([(scene, HELD_OUT_SEEDS)], load(), 512, held_out=True, most=1)
    exchange = row['exchanges'][0][1]
    content = [*({'type': 'image'} for _ in scene.images), {'type': 'text', 'text': exchange.question}]
    text = tokenizer.apply_chat_template([{'role': 'user', 'content': content}], add_generation_prompt=True, tokenize=False)
    counts = iter([h * w // 4 for h, w in row['grids']])
    while '<|image_pad|>' in text:
        text = text.replace('<|image_pad|>', '<|hole|>' * next(counts), 1)
    found = tokenizer(text.replace('<|hole|>', '<|image_pad|>'))['input_ids']
    assert found == row['tokens'][0][:row['answer_at'][0] + 1].tolist(), text


def main() -> None:
    if len(sys.argv) > 1:
        print(f'{sys.argv[1]}: largest difference {check(Path(sys.argv[1])):.1e} of the largest logit')
        return
    for size, config in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            torch.manual_seed(3)
            model = Qwen3VL(config)
            for name, p in model.named_parameters():
                if p.ndim == 1:  # zeros and ones would hide a missing bias or norm
                    torch.nn.init.normal_(p, mean=1.0 if 'norm' in name and name.endswith('weight') else 0.0, std=0.2)
            write(model, Path(folder), torch.float32, {})
            print(f'{size}: largest difference {check(Path(folder)):.1e} of the largest logit')


if __name__ == '__main__':
    main()
