"""Converts a training checkpoint to a Hugging Face folder in the layout of Qwen3-VL-MoE checkpoints.

python export.py --run DIR --out FOLDER [--dtype bfloat16]
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from training import checkpoint
from model.config import END_OF_TEXT, IM_END, SIZES, to_hugging_face
from model.qwen3vl import Qwen3VL
from tokenizer import FILES


def write(model: Qwen3VL, out: Path, dtype: torch.dtype, metadata: dict[str, str]) -> None:
    """Writes the folder. Tensor names and the layout [E, in, out] already match: nothing is renamed or transposed."""
    out.mkdir(parents=True, exist_ok=True)
    tensors = {name: t.detach().to(dtype).contiguous() for name, t in model.state_dict().items()}
    save_file(tensors, str(out / 'model.safetensors'), {'format': 'pt', **metadata})
    (out / 'model.safetensors').chmod(0o644)  # safetensors makes it readable for the owner only
    config = to_hugging_face(model.config)
    for part in (config, config['text_config']):
        part['dtype'] = str(dtype).removeprefix('torch.')
    (out / 'config.json').write_text(json.dumps(config, indent=2) + '\n')
    (out / 'generation_config.json').write_text(json.dumps({
        'bos_token_id': END_OF_TEXT, 'pad_token_id': END_OF_TEXT, 'eos_token_id': [IM_END, END_OF_TEXT],
        'do_sample': False, 'temperature': 1.0, 'top_p': 1.0, 'top_k': 1, 'repetition_penalty': 1.0}, indent=2) + '\n')
    for file in FILES.iterdir():
        shutil.copy(file, out / file.name)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--run', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--dtype', default='bfloat16', choices=('bfloat16', 'float32', 'float16'))
    a = parser.parse_args()
    state, progress = checkpoint.load(a.run / 'checkpoint')
    model = Qwen3VL(SIZES[progress['size']])
    weights = {k.removeprefix('qwen.'): v for k, v in state['weights'].items() if k.startswith('qwen.')}
    model.load_state_dict(weights)
    write(model, a.out, getattr(torch, a.dtype), {'images_seen': str(progress['images'])})
    print(f'{a.out}: {sum(f.stat().st_size for f in a.out.iterdir()) / 1e6:.1f} MB after {progress["images"]} images')


if __name__ == '__main__':
    main()
