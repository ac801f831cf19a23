// A kiosk's statistics for its operator: counted and stored on the device. They contain no words and no pictures of
// visitors.

import type { FailureCode } from '../../failure.ts';
import type { Ending } from '../conversation/turn.svelte.ts';
import type { Remembered } from '../kit/remembered.ts';
import { add, quantile, type Distribution } from './distribution.ts';

/** A problem that the statistics count: the code of a failed answer, an answer that hung, or an uncaught error. */
export type Trouble = FailureCode | 'stuck' | 'page-error';

interface Counts {
  /** Milliseconds since 1970. */
  since: number;
  visits: number;
  questions: number;
  answered: number;
  stopped: number;
  /** The number of visits that ended because the visitor had left. */
  left: number;
  /** The number of times that an answer lost its GPU or its worker, whether or not it recovered. */
  recoveries: number;
  troubles: Partial<Record<string, number>>;
  firstWordMs: Distribution;
  tokensPerSecond: Distribution;
}

export interface Report extends Omit<Counts, 'firstWordMs' | 'tokensPerSecond'> {
  firstWordMs: { p50: number | null; p99: number | null };
  tokensPerSecond: { p50: number | null; p99: number | null };
}

const NAME = 'kiosk-statistics';

export class Statistics {
  readonly #remembered: Remembered;
  #counts = $state.raw<Counts>(nothing());

  constructor(remembered: Remembered) {
    this.#remembered = remembered;
    this.#counts = parse(remembered.get(NAME));
  }

  get report(): Report {
    const { firstWordMs, tokensPerSecond, ...counts } = this.#counts;
    return {
      ...counts,
      firstWordMs: { p50: quantile(firstWordMs, 0.5), p99: quantile(firstWordMs, 0.99) },
      // Slow answers matter here, so p99 is the speed that 99 of 100 answers reach or exceed.
      tokensPerSecond: { p50: quantile(tokensPerSecond, 0.5), p99: quantile(tokensPerSecond, 0.01) },
    };
  }

  count(what: 'visits' | 'questions' | 'left' | 'recoveries'): void {
    this.#set({ [what]: this.#counts[what] + 1 });
  }

  trouble(what: Trouble): void {
    const { troubles } = this.#counts;
    this.#set({ troubles: { ...troubles, [what]: (troubles[what] ?? 0) + 1 } });
  }

  /** Counts an ended answer. `firstWordMs`: from the question to the first word on the page; null if there was none. */
  ended(ending: Ending, firstWordMs: number | null): void {
    if (ending.kind === 'failed') {
      this.trouble(ending.failure.code);
      return;
    }
    const { answered, stopped } = this.#counts;
    this.#set(ending.kind === 'answered' ? { answered: answered + 1 } : { stopped: stopped + 1 });
    if (firstWordMs !== null) this.#set({ firstWordMs: add(this.#counts.firstWordMs, firstWordMs) });
    if (ending.facts === null || ending.facts.tokens < 2) return;
    const rate = (ending.facts.tokens / ending.facts.timings.answeringMs) * 1000;
    this.#set({ tokensPerSecond: add(this.#counts.tokensPerSecond, rate) });
  }

  reset(): void {
    this.#set(nothing());
  }

  #set(change: Partial<Counts>): void {
    this.#counts = { ...this.#counts, ...change };
    this.#remembered.set(NAME, JSON.stringify(this.#counts));
  }
}

function nothing(): Counts {
  return {
    since: Date.now(),
    ...{ visits: 0, questions: 0, answered: 0, stopped: 0, left: 0, recoveries: 0 },
    ...{ troubles: {}, firstWordMs: {}, tokensPerSecond: {} },
  };
}

/** Replaces missing and non-numeric values with those of empty statistics. */
function parse(text: string | null): Counts {
  const counts = nothing();
  let kept: unknown;
  try {
    kept = JSON.parse(text ?? '{}');
  } catch {
    return counts;
  }
  if (typeof kept !== 'object' || kept === null) return counts;
  const record = kept as Record<string, unknown>;
  const number = (name: keyof Counts): number => (typeof record[name] === 'number' ? record[name] : 0);
  const numbers = (name: keyof Counts): Distribution => {
    const value = record[name];
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return Object.fromEntries(entries.filter((one): one is [string, number] => typeof one[1] === 'number'));
  };
  return {
    since: number('since') === 0 ? counts.since : number('since'),
    visits: number('visits'),
    questions: number('questions'),
    answered: number('answered'),
    stopped: number('stopped'),
    left: number('left'),
    recoveries: number('recoveries'),
    troubles: numbers('troubles'),
    firstWordMs: numbers('firstWordMs'),
    tokensPerSecond: numbers('tokensPerSecond'),
  };
}
