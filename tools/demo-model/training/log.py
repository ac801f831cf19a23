"""log.csv of a run: loss and right answers per skill over the number of images."""

import csv
from pathlib import Path

from tokenizers import Tokenizer
from torch import Tensor

from scenes.sample import SKILLS
from scenes.scene import EXACT
from scoring import is_right


class Score:
    """Numbers of answers and right answers per skill since the last line of the log."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.asked = dict.fromkeys(SKILLS, 0)
        self.right = dict.fromkeys(SKILLS, 0)

    def add(self, exchanges: list, answer_of: Tensor, guess: Tensor, exact: Tensor) -> None:
        """Adds a batch: its questions; for each answer token its answer's number and the most likely token at its
        place; and whether all tokens of each answer were right, which boxes and gauges do not require."""
        for number, ((skill, exchange), right) in enumerate(zip(exchanges, exact.tolist())):
            if not right and exchange.metric != EXACT:
                text = self.tokenizer.decode(guess[answer_of == number][:-1].tolist(), skip_special_tokens=False)
                right = is_right(text, exchange.answer, exchange.metric, exchange.scale)
            self.asked[skill] += 1
            self.right[skill] += right

    def shares(self) -> dict[str, str]:
        return {s: f'{self.right[s] / self.asked[s]:.3f}' if self.asked[s] else '' for s in SKILLS}


class Log:
    """Writes one line to log.csv every few steps, and prints it."""

    FIELDS = ['images', 'minutes', 'rate', 'loss', 'marks', 'marks_right', 'edges', 'looks', 'recalls', 'places', 'kinds', 'balance', 'least_expert', 'images_per_second',
              'waiting', *SKILLS]

    def __init__(self, path: Path):
        fresh = not path.exists()
        self.file = path.open('a', newline='')
        self.writer = csv.DictWriter(self.file, self.FIELDS)
        if fresh:
            self.writer.writeheader()

    def line(self, values: dict) -> None:
        self.writer.writerow({k: f'{v:.4g}' if isinstance(v, float) else v for k, v in values.items()})
        self.file.flush()
        print(' '.join(f'{k}={v:.4g}' if isinstance(v, float) else f'{k}={v}' for k, v in values.items() if v != ''), flush=True)
