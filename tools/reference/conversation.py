"""Turns cases (cases.json: conversations whose photos are file names) into inputs of the reference model."""

import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from transformers import BatchFeature, ProcessorMixin
from transformers.video_utils import VideoMetadata

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"

VIDEO = "<|video_pad|>"
# The template's text for a clip. transformers 4.57.6, and the data on which the models were trained, replace all of it
# with the groups of frames; 5.17 replaces the placeholder alone. If the wrapper is removed first, 5.17 gives the ids of
# 4.57.6, which make_clip_goldens.py checks.
WRAPPED_VIDEO = f"<|vision_start|>{VIDEO}<|vision_end|>"


def read_cases() -> dict[str, list[dict]]:
    return json.loads((HERE / "cases.json").read_text(encoding="utf-8"))


def open_picture(name: str) -> Image.Image:
    """The picture as a person sees it: EXIF orientation applied, alpha on white, RGB.

    The reference processor by itself does none of this (it drops the alpha channel).
    """
    with Image.open(PICTURES / name) as file:
        picture = ImageOps.exif_transpose(file)
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    pixels = np.array(picture).astype(np.int64)
    colour, alpha = pixels[..., :3], pixels[..., 3:]
    # round(c·a/255 + 255·(255−a)/255), exactly.
    composed = (2 * (colour * alpha + 255 * (255 - alpha)) + 255) // 510
    return Image.fromarray(composed.astype(np.uint8), "RGB")


def parts_of(message: dict, kind: str) -> list[dict]:
    content = message["content"]
    return [] if isinstance(content, str) else [part for part in content if part["type"] == kind]


def prepare(
    processor: ProcessorMixin, messages: list[dict], *, keep_wrapper: bool = False
) -> tuple[str, BatchFeature]:
    """Renders the template with a generation prompt and runs the processor: (prompt text, model inputs).

    If `keep_wrapper` is set, the processor receives the template's text unchanged, as transformers 4.57.6 needs it.
    """
    images = [open_picture(part["photo"]) for message in messages for part in parts_of(message, "image")]
    clips = [part for message in messages for part in parts_of(message, "video")]
    prompt = processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    media = {}
    if images:
        media["images"] = images
    if clips:
        media["videos"] = [np.stack([np.array(open_picture(name)) for name in clip["frames"]]) for clip in clips]
        # The frames are already chosen, and their indices in the source determine the timestamps.
        media["do_sample_frames"] = False
        media["cap_pixels_per_frame"] = False
        media["video_metadata"] = [
            VideoMetadata(
                total_num_frames=clip["indices"][-1] + 1,
                fps=clip["fps"],
                frames_indices=list(clip["indices"]),
            )
            for clip in clips
        ]
    text = prompt if keep_wrapper else prompt.replace(WRAPPED_VIDEO, VIDEO)
    return prompt, processor(text=[text], **media, return_tensors="pt")
