"""Training checkpoints in a folder: weights in f32 and the optimiser's state in bf16, or (light) weights in bf16 alone.

A light checkpoint of size `demo` takes 33 MB, a full one 100 MB; a run that resumes from a light one warms up again.

Files stay under 15 MiB each (PART_BYTES), so that a checkpoint fits through channels with a size limit. A checkpoint
is written beside the old one and replaces it only when it is complete.
"""

import io
import json
import shutil
from pathlib import Path

import torch

PART_BYTES = 15 * 1024 * 1024


def _compact(state: object, kind: torch.dtype) -> object:
    """Converts float tensors of a nested state to `kind`, and moves everything to the CPU."""
    if isinstance(state, torch.Tensor):
        state = state.detach().cpu()
        return state.to(kind) if state.dtype == torch.float32 and state.ndim > 0 else state
    if isinstance(state, dict):
        return {k: _compact(v, kind) for k, v in state.items()}
    if isinstance(state, list):
        return [_compact(v, kind) for v in state]
    return state


def save(folder: Path, trainee: torch.nn.Module, optimiser: object, progress: dict, light: bool) -> None:
    """Writes progress.json and state.NN."""
    buffer = io.BytesIO()
    torch.save({'weights': _compact(trainee.state_dict(), torch.bfloat16 if light else torch.float32),
                'optimiser': None if light else _compact(optimiser.state_dict(), torch.bfloat16)}, buffer)
    data = buffer.getbuffer()
    fresh = folder.with_name(folder.name + '.new')
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for number, start in enumerate(range(0, len(data), PART_BYTES)):
        (fresh / f'state.{number:02d}').write_bytes(data[start:start + PART_BYTES])
    (fresh / 'progress.json').write_text(json.dumps({**progress, 'bytes': len(data)}, indent=1))
    old = folder.with_name(folder.name + '.old')
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def load(folder: Path) -> tuple[dict, dict]:
    """Reads (state, progress). Raises ValueError if a part is missing or truncated."""
    progress = json.loads((folder / 'progress.json').read_text())
    data = b''.join(p.read_bytes() for p in sorted(folder.glob('state.*')))
    if len(data) != progress['bytes']:
        raise ValueError(f'{folder}: {len(data)} bytes of {progress["bytes"]}')
    return torch.load(io.BytesIO(data), map_location='cpu', weights_only=True), progress


