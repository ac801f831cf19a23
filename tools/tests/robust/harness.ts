// The interface between the test and the page.

import type { Outcome } from '../../../src/failure.ts';
import type { Backend, LoadedModel } from '../../../src/contract/inference.ts';
import type { Calls, Fault } from './fault.ts';
import type { Plant } from './plant.ts';

export interface Turn {
  /** Name of a file in tools/reference/pictures. */
  picture?: string;
  question: string;
}

/** When a fault strikes: at a device call, or between turns, after the given number of turns. */
export type Strike = Fault | { stage: 'between turns'; after: number };

export interface Conversed {
  /** The answers' texts from the outcomes, and the texts as streamed. */
  answers: Outcome<string>[];
  streamed: string[];
  /** The backend on which the model was first loaded. */
  backend: Backend | null;
  /** Number of workers started: more than one after a loss. */
  workers: number;
  calls: Calls;
}

export interface Trial {
  /** If omitted, the model runs on WebGPU. */
  backend?: Backend;
  /** A picture in tools/reference/pictures and a question about it. If omitted, nothing is asked. */
  turn?: Required<Turn>;
  plant?: Plant;
}

export interface Judged {
  loaded: Outcome<LoadedModel>;
  /** Null if nothing was asked. */
  answer: Outcome<string> | null;
  /** Whether the fault took place. */
  isPlanted: boolean;
}

export interface Harness {
  /** Stores a fixture package, or the built-in model ('demo'), under a name of its own. */
  keep(name: string, id?: string): Promise<Outcome<unknown>>;
  /** Loads a model on a device, with a fault if one is given, and asks the model the turn's question. */
  judge(model: string, trial: Trial): Promise<Judged>;
  /** The stored bytes of a tensor of a fixture package. */
  stored(name: string, tensor: string): Promise<{ dtype: string; bytes: number[] }>;
  converse(model: string, turns: Turn[], strike?: Strike): Promise<Conversed>;
}

declare global {
  interface Window {
    robust: Harness;
  }
}
