// Right answers counted by skill and language, as a table.

import type { HeldOut } from './held-out.ts';

interface Count {
  asked: number;
  right: number;
}

export class Scores {
  readonly #counts = new Map<string, Map<string, Count>>();

  add({ skill, lang, newWording }: HeldOut, right: boolean): void {
    const columns = this.#counts.get(skill) ?? new Map<string, Count>();
    this.#counts.set(skill, columns);
    for (const column of [lang, newWording ? 'new wording' : 'known wording']) {
      const count = columns.get(column) ?? { asked: 0, right: 0 };
      count.asked++;
      count.right += right ? 1 : 0;
      columns.set(column, count);
    }
  }

  /** A row per skill; each cell is the share of right answers and how many questions it counts. */
  table(): string {
    const columns = ['en', 'zh', 'known wording', 'new wording'];
    const rows = [...this.#counts].map(([skill, counts]) => [
      skill,
      ...columns.map((column) => shown(counts.get(column))),
    ]);
    const cells = [['skill', ...columns], ...rows];
    const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
    return cells.map((row) => row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')).join('\n');
  }
}

function shown(count: Count | undefined): string {
  if (count === undefined) return '-';
  return `${((100 * count.right) / count.asked).toFixed(1)} % of ${count.asked}`;
}
