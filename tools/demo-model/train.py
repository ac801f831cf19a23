"""Trains the built-in model; resumes from --run if that folder holds a checkpoint.

python train.py --run DIR [--minutes 9] [--images N] [--size demo] [--skills a,b=2] … see README.md.
Writes DIR/checkpoint (resumable, parts of at most 15 MiB) and DIR/log.csv (loss and right answers per skill on new
pictures: no sample is ever repeated, so this is validation, on the phrasings of training).
"""

import argparse
import json
import math
import os
import signal
import time
from contextlib import nullcontext
from pathlib import Path

import torch

from data import PIXELS, Stream, loader
from model.config import SIZES
from model.qwen3vl import Qwen3VL
from tokenizer import load
from training import checkpoint
from training.echo import Echo, echoed
from training.growth import grown
from training.log import Log, Score
from training.objective import Trainee
from training.optimiser import Optimiser
from training.precision import fastest
from training.rounding import Rounding
from training.team import Team

# Frequency of each skill without --skills: skills that are slow to learn come more often.
MIX = {'shapes': 1.0, 'grounding': 1.2, 'signs': 0.8, 'reading': 2.0, 'charts': 2.0, 'gauges': 1.6, 'receipts': 1.6,
       'pairs': 1.2, 'clips': 0.8, 'refusing': 0.3}

SUMMED = ('loss', 'marks', 'marks_right', 'edges', 'looks', 'recalls', 'places', 'kinds', 'balance')
WHITENED = 512  # samples whose patches initialise the patch embedding
REWARM_STEPS = 60  # after resuming without the optimiser's state


def arguments() -> argparse.Namespace:
    cuda = torch.cuda.is_available()
    parser = argparse.ArgumentParser()
    parser.add_argument('--run', type=Path, required=True)
    parser.add_argument('--size', choices=SIZES, default='demo')
    parser.add_argument('--skills', default='', help='name or name=weight, comma separated; all where empty')
    parser.add_argument('--minutes', type=float, default=math.inf, help='stop and save after this time')
    parser.add_argument('--images', type=float, default=math.inf, help='stop after this many images in all')
    parser.add_argument('--batch', type=int, default=512 if cuda else 32, help='samples of one step and process')
    parser.add_argument('--chunk', type=int, default=256 if cuda else 32, help='samples rendered and run together')
    parser.add_argument('--echo', type=int, default=0, help='chunks seen before that are run again after each fresh one')
    parser.add_argument('--echo-from', type=int, default=256, help='chunks kept on the device to choose those from')
    parser.add_argument('--length', type=int, default=288, help='tokens of one row')
    parser.add_argument('--most', type=int, default=10, help='questions of one picture at most; 0 trains the vision encoder alone, by its marks')
    parser.add_argument('--pixels', type=int, default=PIXELS, help='larger pictures without small print are scaled down to so many: cheaper, for the first stretches')
    parser.add_argument('--lr', type=float, default=2e-3)
    parser.add_argument('--warmup', type=float, default=20_000, help='images until the full rate')
    parser.add_argument('--cool', action='store_true', help='let the rate fall to 2 %% over --minutes: the last slice')
    parser.add_argument('--marks', type=float, default=0.5, help='weight of the marks')
    parser.add_argument('--looks', type=float, default=0.3, help='weight of where attention should be')
    parser.add_argument('--encoder', type=float, default=1, help='share of the rate that the vision encoder learns with; 0 leaves it as it is: two thirds quicker')
    parser.add_argument('--rounded', action='store_true', help='learn with attention and experts in 4 bits, as they will be stored: for the last slices')
    parser.add_argument('--adam', action='store_true', help='AdamW for all parameters instead of Muon for matrices')
    parser.add_argument('--restart', action='store_true', help='take the weights but not the optimiser state')
    parser.add_argument('--light', action='store_true', help='save weights in bf16 only: a third of the size')
    parser.add_argument('--workers', type=int, default=max(1, (os.cpu_count() or 2) - 1) if cuda else 1)
    parser.add_argument('--threads', type=int, default=0)
    parser.add_argument('--save-every', type=float, default=4, help='minutes between checkpoints')
    return parser.parse_args()


def rate(images: float, elapsed_minutes: float, a: argparse.Namespace) -> float:
    """Share of the full rate: warm-up, a plateau that any number of slices can extend, then one linear decay (WSD)."""
    warm = min(1.0, (images + 1) / a.warmup)
    return warm * max(0.02, 1 - elapsed_minutes / a.minutes) if a.cool else warm


def main() -> None:
    a = arguments()
    start, team = time.monotonic(), Team()
    a.run.mkdir(parents=True, exist_ok=True)
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    if a.threads:
        torch.set_num_threads(a.threads)
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.manual_seed(1)
    weights = dict(MIX) if not a.skills else {
        part.split('=')[0]: float(part.split('=')[1]) if '=' in part else 1.0 for part in a.skills.split(',')}

    folder = a.run / 'checkpoint'
    state, progress = checkpoint.load(folder) if folder.exists() else (None, {'images': 0, 'steps': 0, 'minutes': 0.0, 'size': a.size})
    config = SIZES[progress['size']]
    trainee = Trainee(Qwen3VL(config)).to(device)
    if state:
        own = trainee.state_dict()  # training-only weights may be new, removed or of another size
        trainee.load_state_dict(own | {k: grown(k, v, own[k]) if k.startswith('qwen.') else v for k, v in state['weights'].items()
                                       if k.startswith('qwen.') or k in own and own[k].shape == v.shape})
    kind = fastest(device)
    trainee.qwen.model.visual.requires_grad_(a.encoder > 0)
    rounding = Rounding(trainee) if a.rounded else nullcontext()
    optimiser = Optimiser(trainee, a.lr, kind, team, muon=not a.adam, encoder=a.encoder)
    restored = bool(state and state['optimiser'] and not a.restart)
    if state and restored:
        optimiser.load_state_dict(state['optimiser'])
    grouped = trainee.qwen.use_fastest_experts(device)
    print(f'{device}, {kind}, {sum(p.numel() for p in trainee.qwen.parameters()) / 1e6:.1f} M parameters, grouped experts {grouped}, '
          f'from image {progress["images"]}', flush=True)
    settings = {k: v for k, v in vars(a).items() if k != 'run'}  # the folder of a run is not a setting
    with (a.run / 'settings.jsonl' if team.leads else Path(os.devnull)).open('a') as record:
        record.write(json.dumps({'from': progress['images'], 'torch': torch.__version__, **settings}) + '\n')

    stop = {'asked': False}
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.update(asked=True))

    tokenizer = load()
    log, score, sums, counted = Log(a.run / 'log.csv' if team.leads else Path(os.devnull)), Score(tokenizer), {}, 0
    began, saved, logged, since, waited = progress['minutes'], time.monotonic(), time.monotonic(), 0, 0.0
    chunks_per_step = max(1, a.batch // a.chunk)
    # Skip the samples that the renderers had in progress when a slice ended, which is cheaper than tracking them.
    images_before, steps_before = progress['images'], progress['steps']
    first = progress['next'] + (a.workers + 1) * 8 * a.chunk * team.size if 'next' in progress else 0
    stream = iter(loader(Stream(weights, a.chunk, a.length, first, a.most, a.pixels, team.rank, team.size), a.workers))
    if not state:
        stills = torch.cat([next(stream)['stills'] for _ in range(WHITENED // a.chunk)])
        trainee.qwen.model.visual.patch_embed.whiten(stills.to(device).float().sub(127.5).div(127.5))
    team.begin_alike(trainee)
    chunks = echoed(stream, Echo(a.echo, a.echo_from), config, device)
    while True:
        # A fresh optimiser needs statistics of the gradients before it may take large steps.
        warm_again = 1.0 if restored or not state else min(1.0, (progress['steps'] - steps_before + 1) / REWARM_STEPS)
        factor = rate(progress['images'], (time.monotonic() - start) / 60, a) * warm_again
        optimiser.rate(factor)
        pending = []
        with rounding:
            for _ in range(chunks_per_step):
                asked = time.monotonic()
                placed, is_fresh = next(chunks)
                waited += time.monotonic() - asked
                with torch.autocast(device.type, torch.bfloat16, enabled=kind == torch.bfloat16):
                    loss, parts = trainee(placed, a.marks, a.looks)
                (loss / chunks_per_step).backward()
                since += placed['images'] * team.size
                if is_fresh:
                    progress['images'] += placed['images'] * team.size
                if is_fresh and placed['exchanges']:
                    pending.append((placed['exchanges'], placed['answer_of'], parts))
                for key in SUMMED:
                    if key in parts:
                        sums[key] = sums.get(key, 0.0) + float(parts[key])
                if 'shares' in parts:
                    sums['least_expert'] = sums.get('least_expert', 0.0) + float(parts['shares'].min(1).values.min())
                counted += 1
        team.average(trainee)
        if torch.isfinite(torch.nn.utils.clip_grad_norm_(trainee.parameters(), 1.0)):
            optimiser.step()
        optimiser.zero_grad()
        progress['steps'] += 1
        for exchanges, answer_of, parts in pending:
            score.add(exchanges, answer_of, parts['guess'], parts['exact'])
        now = time.monotonic()
        progress['minutes'] = began + (now - start) / 60
        progress['next'] = first + progress['images'] - images_before
        finished = team.any(now - start > a.minutes * 60 or progress['images'] >= a.images or stop['asked'], device)
        if (now - logged > (20 if device.type == 'cuda' else 60) or finished) and team.leads:
            log.line({'images': progress['images'], 'minutes': progress['minutes'], 'rate': factor,
                      **{k: v / counted for k, v in sums.items()}, 'images_per_second': since / (now - logged), 'waiting': waited / (now - logged), **score.shares()})
            score, sums, counted, since, waited, logged = Score(tokenizer), {}, 0, 0, 0.0, now
        if (now - saved > a.save_every * 60 or finished) and team.leads:
            checkpoint.save(folder, trainee, optimiser, progress, a.light)
            saved = time.monotonic()
        if finished:
            break
    team.close()
    print('stopped at', progress)


if __name__ == '__main__':
    main()
