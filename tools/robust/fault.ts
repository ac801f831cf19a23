// A fault that the test's worker brings about: which device call takes the device away.

import type { Stage } from '../../src/contract/answer.ts';

export type FaultStage = 'loading' | Exclude<Stage, 'recovering' | 'decoding'>;

export interface Fault {
  stage: FaultStage;
  /** Counted from 1 within the stage, over the whole life of the worker. */
  call: number;
}

/** Device calls in each stage. */
export type Calls = Record<FaultStage, number>;

/** Asks the worker: for its counts, or to lose its device at once. */
export type Wish = 'count' | 'lose';
export const WISHES = 'fault-wishes';
export const COUNTS = 'fault-counts';
