"""Writes goldens of single stages, which need no checkpoint weights: goldens/stages.json and .safetensors.

They cover resize tables, video sampling and budgets, resampled pictures, interpolation of the position table,
rotary angles of text decoder and vision encoder, the sampler, chat templates and tokens. The reference's own
functions compute every number. See README.md for the layout.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
from transformers import Qwen3VLConfig
from transformers.models.qwen2_vl.image_processing_qwen2_vl import smart_resize
from transformers.models.qwen3_vl.modeling_qwen3_vl import Qwen3VLTextRotaryEmbedding, Qwen3VLVisionRotaryEmbedding
from transformers.models.qwen3_vl.video_processing_qwen3_vl import smart_resize as smart_resize_clip
from transformers.image_utils import PILImageResampling, SizeDict
from transformers.image_processing_backends import TorchvisionBackend
from transformers.video_utils import VideoMetadata
from transformers.vision_utils import get_vision_interpolation_indices_and_weights, get_vision_position_ids

from conversation import open_picture
from make_fixtures import MAX_PIXELS, MIN_PIXELS
from make_goldens import GOLDENS, write
from reference import load_processor
from sampling import sampler_goldens

HERE = Path(__file__).parent
FACTOR = 32
PUBLISHED_LIMITS = (65536, 16777216)
CLIP_LIMITS = (4096, 25165824)

SIZES = [
    (224, 224), (240, 320), (360, 540), (480, 640), (400, 1040), (656, 1008), (80, 4000), (720, 1280), (1000, 1000),
    (1080, 1920), (1170, 2532), (2160, 3840), (3024, 4032), (6000, 8000), (16, 500), (1, 1), (48, 48), (16, 3200),
]  # fmt: skip
CLIPS = [
    # frames, height, width
    (20, 1080, 1920), (60, 720, 1280), (120, 720, 1280), (768, 720, 1280), (4, 360, 640), (5, 110, 150), (3, 480, 640),
    (21, 1080, 1920), (23, 1080, 1920), (5, 2048, 2432), (2, 20, 40), (4, 16, 48),
]  # fmt: skip
SAMPLED = [(300, 30), (303, 29.97), (50, 25), (3, 30), (90000, 30), (1, 24), (7, 2), (121, 24)]
GRIDS = [(1, 4, 6), (1, 10, 14), (1, 2, 2), (1, 6, 50), (2, 4, 4)]
RESIZED = [
    # picture, height, width
    ("large.png", 96, 128), ("large.png", 32, 480), ("large.png", 160, 64), ("alpha.png", 128, 160),
    ("turned.png", 160, 96), ("turned.png", 96, 96), ("odd.png", 157, 96), ("odd.png", 64, 213), ("tall.png", 480, 64),
]  # fmt: skip


def resize_table() -> list[dict]:
    rows = [(height, width, *PUBLISHED_LIMITS) for height, width in SIZES]
    rows += [(height, width, PUBLISHED_LIMITS[0], 1280 * FACTOR**2) for height, width in SIZES]
    pictures = [(157, 213), (190, 331), (97, 129), (488, 61), (70, 90)]
    rows += [(height, width, MIN_PIXELS, MAX_PIXELS) for height, width in pictures]
    names = ("height", "width", "min_pixels", "max_pixels")
    return [
        dict(zip(names, row, strict=True)) | {"resized": smart_resize(row[0], row[1], FACTOR, *row[2:])} for row in rows
    ]


def clip_table() -> list[dict]:
    return [
        {
            "frames": frames,
            "height": height,
            "width": width,
            "min_pixels": CLIP_LIMITS[0],
            "max_pixels": CLIP_LIMITS[1],
            "resized": smart_resize_clip(frames, height, width, 2, FACTOR, *CLIP_LIMITS),
        }
        for frames, height, width in CLIPS
    ]


def sampling_table(processor) -> list[dict]:
    """The frames that the video processor samples from a source, and the timestamps it writes for them."""
    rows = []
    for total, fps in SAMPLED:
        metadata = VideoMetadata(total_num_frames=total, fps=fps)
        indices = processor.video_processor.sample_frames(metadata).tolist()
        timestamps = processor._calculate_timestamps(list(indices), fps, 2)
        rows.append({"total": total, "fps": fps, "indices": indices, "timestamps": [f"{t:.1f}" for t in timestamps]})
    return rows


def position_tables() -> dict[str, torch.Tensor]:
    tensors = {}
    for side in (48, 24):
        for grid in GRIDS:
            indices, weights = get_vision_interpolation_indices_and_weights(
                torch.tensor([grid]), side, "bilinear", align_corners=True, spatial_merge_size=2
            )
            key = f"interpolation.{side}.{'x'.join(map(str, grid))}"
            tensors |= {f"{key}.indices": indices.int(), f"{key}.weights": weights}
    return tensors


def vision_rotary() -> dict[str, torch.Tensor]:
    tensors = {}
    for head_dim in (72, 64, 24):
        config = Qwen3VLConfig().vision_config
        config.hidden_size, config.num_heads = 2 * head_dim, 2
        rotary = Qwen3VLVisionRotaryEmbedding(config)
        for grid in GRIDS[:2]:
            cos, sin = rotary(torch.zeros(1), get_vision_position_ids(torch.tensor([grid]), 2))
            key = f"vision_rotary.{head_dim}.{'x'.join(map(str, grid))}"
            tensors |= {f"{key}.cos": cos, f"{key}.sin": sin}
    return tensors


def text_rotary() -> dict[str, torch.Tensor]:
    positions = torch.tensor(
        [[0, 1, 5, 4, 4, 40, 1000, 262143], [0, 1, 7, 4, 5, 44, 1000, 262143], [0, 1, 9, 6, 4, 58, 1000, 262143]]
    )
    tensors = {"mrope.positions": positions.int()}
    for head_dim, section in ((128, [24, 20, 20]), (64, [12, 10, 10])):
        rope = {"rope_type": "default", "rope_theta": 5000000, "mrope_section": section, "mrope_interleaved": True}
        config = Qwen3VLConfig(text_config={"head_dim": head_dim, "rope_parameters": rope}).text_config
        rotary = Qwen3VLTextRotaryEmbedding(config)
        cos, sin = rotary(torch.zeros(1), positions[:, None])
        tensors |= {f"mrope.{head_dim}.cos": cos[0], f"mrope.{head_dim}.sin": sin[0]}
    return tensors


def resized_pictures() -> dict[str, torch.Tensor]:
    """The image processor's resize (torchvision, antialiased bicubic on bytes): U8 (height, width, 3)."""
    backend = TorchvisionBackend()
    tensors = {}
    for name, height, width in RESIZED:
        picture = torch.from_numpy(np.array(open_picture(name))).permute(2, 0, 1)
        resized = TorchvisionBackend.resize(
            backend, picture, SizeDict(height=height, width=width), PILImageResampling.BICUBIC
        )
        tensors[f"resized.{name}.{height}x{width}"] = resized.permute(1, 2, 0)
    return tensors


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "zoom",
            "description": "Zooms into the picture. 放大",
            "parameters": {
                "type": "object",
                "properties": {"bbox_2d": {"type": "array", "items": {"type": "number"}}, "label": {"type": "string"}},
                "required": ["bbox_2d"],
            },
        },
    },
    {"type": "function", "function": {"name": "now", "description": "", "parameters": {}}},
]
PICTURE, CLIP = {"type": "image"}, {"type": "video"}


def text(words: str) -> dict:
    return {"type": "text", "text": words}


TEMPLATES = [
    {"messages": [{"role": "user", "content": "Hi"}]},
    {"messages": [{"role": "user", "content": "Hi"}], "add_generation_prompt": False},
    {
        "messages": [
            {"role": "system", "content": [text("Be "), text("brief.")]},
            {"role": "user", "content": [PICTURE, text("One "), PICTURE, CLIP, text("two")]},
            {"role": "assistant", "content": [text("Yes.")]},
            {"role": "user", "content": [CLIP, PICTURE]},
        ],
        "add_vision_id": True,
    },
    {
        "messages": [
            {"role": "system", "content": "Use the tools."},
            {"role": "user", "content": [PICTURE, text("What does it say?")]},
            {
                "role": "assistant",
                "content": "Let me look.",
                "tool_calls": [
                    {"type": "function", "function": {"name": "zoom", "arguments": {"bbox_2d": [1, 2, 3.5, 4], "label": "é"}}},
                    {"name": "now", "arguments": "{}"},
                ],
            },
            {"role": "tool", "content": [PICTURE, text("zoomed")]},
            {"role": "tool", "content": "10:45"},
            {"role": "assistant", "content": "", "tool_calls": [{"name": "now", "arguments": {}}]},
            {"role": "tool", "content": "10:46"},
        ],
        "tools": TOOLS,
        "add_vision_id": True,
    },
    {"messages": [{"role": "user", "content": "Hi"}], "tools": TOOLS[1:]},
]

TEXTS = [
    "",
    " ",
    "Describe this image in detail.",
    "I'LL say it isn't; WE'VE done\r\n\r\n  so\t\tthen\n",
    "1234567890 3.14 2025-10-31",
    "请描述这张图片。你好，世界！",
    "e\u0301 \u00e9 \u1112\u1161\u11ab \ufb01 Å Å",
    "😀👍🏽 👩‍👩‍👧‍👦 🇩🇪 ❤️",
    "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|><think>a</think> <tool_call>",
    "a<|im_end|>b<|unknown|><|endoftext|",
    "<0.3 seconds>",
    "\u0000\u00a0\u200b\u3000x",
]


def template_goldens(processor) -> list[dict]:
    rows = []
    for case in TEMPLATES:
        options = {"add_generation_prompt": True} | {key: value for key, value in case.items() if key != "messages"}
        prompt = processor.apply_chat_template(case["messages"], tokenize=False, **options)
        rows.append({"messages": case["messages"], "options": options, "prompt": prompt})
    return rows


def token_goldens(processor) -> list[dict]:
    rows = []
    for words in TEXTS:
        ids = processor.tokenizer(words)["input_ids"]
        rows.append(
            {
                "text": words,
                "ids": ids,
                "decoded": processor.tokenizer.decode(ids),
                "decoded_without_special": processor.tokenizer.decode(ids, skip_special_tokens=True),
            }
        )
    return rows


def main() -> None:
    processor = load_processor(HERE / "fixtures" / "dense-tied")
    settings, sampled = sampler_goldens()
    tables = {
        "resize": resize_table(),
        "clip_resize": clip_table(),
        "frame_sampling": sampling_table(processor),
        "sampler": settings,
        "templates": template_goldens(processor),
        "tokens": token_goldens(processor),
    }
    (GOLDENS / "stages.json").write_text(json.dumps(tables, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    tensors = position_tables() | vision_rotary() | text_rotary() | resized_pictures() | sampled
    write(GOLDENS / "stages.safetensors", tensors)
    print(f"{len(tensors)} tensors, {sum(math.prod(t.shape) * t.element_size() for t in tensors.values()) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
