"""log.csv of a run: loss and exact answers per skill over the images seen."""

import csv
from pathlib import Path

from scenes.sample import SKILLS


class Score:
    """Answers and right ones per skill since the last line of the log."""

    def __init__(self) -> None:
        self.asked = dict.fromkeys(SKILLS, 0)
        self.right = dict.fromkeys(SKILLS, 0)

    def add(self, exchanges: list, exact: list[bool]) -> None:
        for (skill, _), right in zip(exchanges, exact):
            self.asked[skill] += 1
            self.right[skill] += right

    def shares(self) -> dict[str, str]:
        return {s: f'{self.right[s] / self.asked[s]:.3f}' if self.asked[s] else '' for s in SKILLS}


class Log:
    """log.csv, one line per some steps; says it on the terminal as well."""

    FIELDS = ['images', 'minutes', 'rate', 'loss', 'marks', 'marks_right', 'edges', 'balance', 'least_expert', 'images_per_second',
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
