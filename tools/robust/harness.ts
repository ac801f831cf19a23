// What the test asks of the page, and what the page tells.

import type { Outcome } from '../../src/failure.ts';
import type { Backend, LoadedModel } from '../../src/contract/inference.ts';
import type { Calls, Fault } from './fault.ts';
import type { Plant } from './plant.ts';

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

export interface Trial {
  /** If omitted, WebGPU. */
  backend?: Backend;
  /** A picture in tools/reference/pictures and a question about it. If omitted, nothing is asked. */
  turn?: Required<Turn>;
  plant?: Plant;
}

export interface Judged {
  loaded: Outcome<LoadedModel>;
  /** If nothing was asked, null. */
  answer: Outcome<string> | null;
  /** Whether the fault took place. */
  isPlanted: boolean;
}

export interface Harness {
  /** Brings a fixture package, or the built-in model ('demo'), into storage under a name of its own. */
  keep(name: string, id?: string): Promise<Outcome<unknown>>;
  /** Loads a model on a device with a fault, if any, and asks it. */
  judge(model: string, trial: Trial): Promise<Judged>;
  /** The bytes of a fixture package's tensor as they are stored. */
  stored(name: string, tensor: string): Promise<{ dtype: string; bytes: number[] }>;
  converse(model: string, turns: Turn[], strike?: Strike): Promise<Conversed>;
}

declare global {
  interface Window {
    robust: Harness;
  }
}
