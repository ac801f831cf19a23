// Counts right answers by skill and language, and prints them as a table.

import { textTable } from '../../cli/node/text-table.ts';
import type { HeldOut } from './held-out.ts';

/** The minimum share of right answers in both languages together. Skills below it are not advertised. */
const ADVERTISED = 0.9;

interface Count {
  asked: number;
  right: number;
}

export class Scores {
  readonly #counts = new Map<string, Map<string, Count>>();

  add({ skill, lang, newWording }: HeldOut, right: boolean): void {
    const columns = this.#counts.get(skill) ?? new Map<string, Count>();
    this.#counts.set(skill, columns);
    for (const column of [lang, 'both', newWording ? 'new wording' : 'known wording']) {
      const count = columns.get(column) ?? { asked: 0, right: 0 };
      count.asked++;
      count.right += right ? 1 : 0;
      columns.set(column, count);
    }
  }

  /** One row per skill: shares of right answers, each with its number of questions, and whether the skill is weak. */
  table(): string {
    const columns = ['en', 'zh', 'known wording', 'new wording'];
    const rows = [...this.#counts].map(([skill, counts]) => [
      skill,
      ...columns.map((column) => shown(counts.get(column))),
      isWeak(counts.get('both')) ? 'under 90 %: not to be advertised' : '',
    ]);
    return textTable([['skill', ...columns, ''], ...rows], 'left');
  }
}

function isWeak(count: Count | undefined): boolean {
  return count !== undefined && count.right < ADVERTISED * count.asked;
}

function shown(count: Count | undefined): string {
  if (count === undefined) return '-';
  return `${((100 * count.right) / count.asked).toFixed(1)} % of ${count.asked}`;
}

/** Counts how often each expert of each mixture layer was chosen. */
export class ExpertUse {
  readonly #counts: number[][];
  #passes = 0;

  constructor(layers: number, experts: number) {
    this.#counts = Array.from({ length: layers }, () => new Array<number>(experts).fill(0));
  }

  /** `chosen`: (layers, experts per token). */
  add(chosen: Uint16Array): void {
    const perLayer = chosen.length / this.#counts.length;
    this.#passes++;
    for (const [i, expert] of chosen.entries()) {
      const layer = this.#counts[Math.floor(i / perLayer)]!;
      layer[expert] = (layer[expert] ?? 0) + 1;
    }
  }

  /**
   * The usage of the least used and of the most used expert, as shares of all passes, and the number of experts that
   * were never used.
   */
  summary(): string {
    const shares = this.#counts.flat().map((count) => (100 * count) / this.#passes);
    const unused = shares.filter((share) => share === 0).length;
    return (
      `experts: least used ${Math.min(...shares).toFixed(2)} %, most used ${Math.max(...shares).toFixed(2)} % ` +
      `of ${this.#passes} passes; never used ${unused} of ${shares.length}`
    );
  }
}
