// What the test asks of the page, and what the page tells.

import type { Backend } from '../../src/contract/inference.ts';
import type { Outcome } from '../../src/failure.ts';
import type { Calls, Fault } from './fault.ts';

export interface Turn {
  /** Name of a file in tools/reference/pictures. */
  picture?: string;
  question: string;
}

/** Where a fault strikes: at a device call, or while nothing is asked, after that many turns. */
export type Strike = Fault | { stage: 'between turns'; after: number };

export interface Conversed {
  /** The answers' texts as the outcomes had them, and as they streamed. */
  answers: Outcome<string>[];
  streamed: string[];
  /** Where the model was loaded in the beginning. */
  backend: Backend | null;
  /** Workers started: more than one after a loss. */
  workers: number;
  calls: Calls;
}

export interface Harness {
  /** Brings a fixture package into storage. */
  keep(name: string): Promise<Outcome<unknown>>;
  converse(model: string, turns: Turn[], strike?: Strike): Promise<Conversed>;
}

declare global {
  interface Window {
    robust: Harness;
  }
}
