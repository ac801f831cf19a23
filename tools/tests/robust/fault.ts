// A fault that the test's worker causes: the device call at which it destroys its device.

import type { Stage } from '../../../src/contract/answer.ts';

export type FaultStage = 'loading' | Exclude<Stage, 'recovering' | 'decoding'>;

export interface Fault {
  stage: FaultStage;
  /** The number of the call within the stage, from 1, counted over the worker's whole life. */
  call: number;
}

/** Number of device calls in each stage. */
export type Calls = Record<FaultStage, number>;

/** A request to the worker: to report its counts, or to lose its device at once. */
export type Wish = 'count' | 'lose';
export const WISHES = 'fault-wishes';
export const COUNTS = 'fault-counts';
