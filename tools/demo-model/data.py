"""The stream of training batches, rendered during training by as many processes as there are spare cores.

Sample n of a run is the scene of seed n, whichever process renders it; a resumed run continues with unused numbers.
"""

import json
import os
from collections.abc import Iterator
from itertools import count
from random import Random

import cv2
import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from model.batch import collate
from scenes.fit import fit
from scenes.sample import HELD_OUT_SEEDS, SKILLS, make_scene, refused_scene
from tokenizer import FILES, load

# Skills whose pictures must not be scaled down further than the processor scales them.
SMALL_PRINT = {'reading', 'charts', 'gauges', 'receipts', 'pairs'}
# The minimum and maximum number of pixels of a picture that the processor passes to the model.
LEAST_PIXELS, PIXELS = (json.loads((FILES / 'preprocessor_config.json').read_text())['size'][edge] for edge in ('shortest_edge', 'longest_edge'))


class Stream(IterableDataset):
    """Yields collated batches of `size` samples; skills are drawn by `weights`. With `shares` streams, each gets every
    `shares`-th batch, starting at `share`."""

    def __init__(self, weights: dict[str, float], size: int, length: int, first: int, most: int = 12, pixels: int = PIXELS,
                 share: int = 0, shares: int = 1):
        if first >= HELD_OUT_SEEDS:
            raise ValueError('training must not reach the held-out seeds')
        self.weights, self.size, self.length, self.first, self.most, self.pixels = weights, size, length, first, most, pixels
        self.share, self.shares = share, shares

    def numbers(self, worker: int, workers: int) -> Iterator[range]:
        """Yields the seeds of one batch after another."""
        step = workers * self.shares
        return (range(start, start + self.size) for start in count(self.first + (self.share * workers + worker) * self.size, step * self.size))

    def __iter__(self) -> Iterator[dict]:
        worker = get_worker_info()
        cv2.setNumThreads(1)
        os.environ['TOKENIZERS_PARALLELISM'] = 'false'
        torch.set_num_threads(1)
        if worker and hasattr(os, 'nice'):
            os.nice(5)
        tokenizer = load()
        skills, shares = list(self.weights), list(self.weights.values())
        taught = {skill.split('.')[0] for skill in skills}
        unknown = [skill for skill in SKILLS if skill not in taught]
        for seeds in self.numbers(worker.id, worker.num_workers) if worker else self.numbers(0, 1):
            samples = []
            for seed in seeds:
                rng = Random(f'skill:{seed}')
                skill = rng.choices(skills, shares)[0]
                # Half of the refusals show pictures of skills that are not taught.
                refused = skill == 'refusing' and unknown and rng.random() < 0.5
                scene = refused_scene(rng.choice(unknown), seed) if refused else make_scene(skill, seed)
                most = PIXELS if skill.split('.')[0] in SMALL_PRINT else self.pixels
                samples.append((fit(scene, min(LEAST_PIXELS, most), most), seed))
            batch = collate(samples, tokenizer, self.length, most=self.most)
            yield {k: torch.from_numpy(a) if hasattr(a, 'dtype') else a for k, a in batch.items()}


def loader(stream: Stream, workers: int) -> DataLoader:
    return DataLoader(stream, batch_size=None, num_workers=workers, prefetch_factor=4 if workers else None,
                      pin_memory=torch.cuda.is_available(), multiprocessing_context='fork' if workers else None)
