// The interface between the robustness tests and their page.

import type { Outcome } from '../../../src/failure.ts';
import type { Backend, LoadedModel } from '../../../src/contract/inference.ts';
import type { Calls, Fault } from './fault.ts';
import type { Plant } from './plant.ts';

export interface Turn {
  /** Name of a file in tools/reference/pictures. */
  picture?: string;
  question: string;
}

/** When a fault occurs: at a device call, or between turns, after the given number of turns. */
export type Strike = Fault | { stage: 'between turns'; after: number };

export interface Conversed {
  /** The outcomes with the texts of the answers, and the texts that were streamed. */
  answers: Outcome<string>[];
  streamed: string[];
  /** The backend on which the model was first loaded. */
  backend: Backend | null;
  /** The number of workers that were started: more than one after a loss. */
  workers: number;
  calls: Calls;
}

export interface Trial {
  /** If omitted, the model runs on WebGPU. */
  backend?: Backend;
  /** A picture in tools/reference/pictures and a question about it. If omitted, no question is asked. */
  turn?: Required<Turn>;
  plant?: Plant;
  /** See LoadOptions. */
  skipJudge?: boolean;
}

export interface Judged {
  loaded: Outcome<LoadedModel>;
  /** Null if no question was asked. */
  answer: Outcome<string> | null;
  /** Whether the fault occurred. */
  isPlanted: boolean;
  /** Whether the processor computed the model's self-test. */
  isJudged: boolean;
}

export interface Harness {
  /** Stores a fixture package, or the built-in model ('demo'), under the given name. */
  keep(name: string, id?: string): Promise<Outcome<unknown>>;
  /** Loads a model on a device, with a fault if one is given, and asks the model the question of the turn. */
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
