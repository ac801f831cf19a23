"""The stream of training batches, rendered while training by as many processes as there are cores to spare.

Sample n of a run is the scene of seed n, whoever renders it; a resumed run goes on with the numbers it has not seen.
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

# Skills whose pictures cannot be scaled down further than the processor does.
SMALL_PRINT = {'reading', 'charts', 'gauges', 'receipts', 'pairs'}
# The least and the most that the processor gives the model of a picture.
LEAST_PIXELS, PIXELS = (json.loads((FILES / 'preprocessor_config.json').read_text())['size'][edge] for edge in ('shortest_edge', 'longest_edge'))


class Stream(IterableDataset):
    """Yields collated batches of `size` samples; skills are drawn by `weights`. `share` of `shares` streams gets every so-many-th."""

    def __init__(self, weights: dict[str, float], size: int, length: int, first: int, most: int = 12, pixels: int = PIXELS,
                 share: int = 0, shares: int = 1):
        if first >= HELD_OUT_SEEDS:
            raise ValueError('training must not reach the held-out seeds')
        self.weights, self.size, self.length, self.first, self.most, self.pixels = weights, size, length, first, most, pixels
        self.share, self.shares = share, shares

    def numbers(self, worker: int, workers: int) -> Iterator[range]:
        """The seeds of one batch after the other."""
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
                # What is not taught is refused: half of the refusals.
                refused = skill == 'refusing' and unknown and rng.random() < 0.5
                scene = refused_scene(rng.choice(unknown), seed) if refused else make_scene(skill, seed)
                most = PIXELS if skill.split('.')[0] in SMALL_PRINT else self.pixels
                samples.append((fit(scene, min(LEAST_PIXELS, most), most), seed))
            batch = collate(samples, tokenizer, self.length, most=self.most)
            yield {k: torch.from_numpy(a) if hasattr(a, 'dtype') else a for k, a in batch.items()}


def loader(stream: Stream, workers: int) -> DataLoader:
    return DataLoader(stream, batch_size=None, num_workers=workers, prefetch_factor=4 if workers else None,
                      pin_memory=torch.cuda.is_available(), multiprocessing_context='fork' if workers else None)
