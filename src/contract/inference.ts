// The inference worker's API. Every call settles as an Outcome; nothing here is more than plain data
// and callbacks, so that it crosses a thread as it is.

import type { Outcome } from '../failure.ts';
import type { WallReport } from '../policy/walls.ts';
import type { Answer, AnswerEvent, AnswerOptions } from './answer.ts';
import type { Message } from './conversation.ts';
import type { HeldEntry } from './weights.ts';

export type Backend = 'webgpu' | 'wasm';

/** Of activations: 'f16' needs a device with `shader-f16`. Absent: the engine chooses. */
export type Precision = 'f32' | 'f16';

export interface LoadOptions {
  backend: Backend;
  precision?: Precision;
  /** Fail with 'no-webgpu' where the only adapter computes on the processor: WASM is faster there. */
  hardwareOnly?: boolean;
  /**
   * Experts beyond this many bytes on the device are paged from storage; those of one token always have
   * room, and where the device has less than this, less is taken. Absent: all are resident.
   */
  expertBudgetBytes?: number;
  /** What storage refused of the model; the rest is read from there. */
  held?: readonly HeldEntry[];
}

/** Graphs are built and weights go to the device. */
export interface LoadEvent {
  kind: 'preparing';
  doneBytes: number;
  totalBytes: number;
}

/** The runtime that models run on is fetched; what is known of its size before it is here. */
export interface RuntimeEvent {
  doneBytes: number;
  totalBytes: number;
}

export interface LoadedModel {
  /** The model's key in storage. */
  id: string;
  /** As in the checkpoint's config.json: 'qwen3_vl' or 'qwen3_vl_moe'. */
  architecture: string;
  /** The package's precision preset. */
  preset: string;
  backend: Backend;
  precision: Precision;
  bytes: number;
  /** Tokens of prompt and answer together, at most. */
  contextTokens: number;
  /** Whether the model writes a thought before its answer. */
  thinks: boolean;
  /** Its mixture layers; null for a dense model. */
  experts: LoadedExperts | null;
  /** Precisions in which this device's GPU gave wrong numbers; another way was taken. */
  distrusted?: Precision[];
}

/** Each of `layers` layers has `count` experts, of which a token goes to `chosen`. */
export interface ExpertShape {
  layers: number;
  count: number;
  chosen: number;
}

export interface LoadedExperts extends ExpertShape {
  /** Of all of them. */
  bytes: number;
  /** At most so many lie on the device, the others are read when they are wanted; null: all lie there. */
  budgetBytes: number | null;
}

/** Names one load or answer, so that it can be stopped; the page chooses it. */
export type RunId = string;

export interface InferenceApi {
  /** What this worker found when it tried its own walls. Where one does not hold, no model is loaded. */
  walls(): Promise<Outcome<WallReport>>;

  /**
   * Begins to fetch the runtime of the first of these backends that this device has, so that it is there when a
   * model is; nothing else waits for it. `hardwareOnly`: as LoadOptions has it. What fails is left to `load`.
   */
  prepare(
    backends: Backend[],
    hardwareOnly: boolean,
    onEvent: (event: RuntimeEvent) => void,
  ): Promise<Outcome<null>>;

  /**
   * Brings a finished model from storage to the device; whatever was loaded before is released first.
   * Fails with 'missing-file' where no such model is in storage, with 'unprotected' where a wall does not hold.
   */
  load(
    runId: RunId,
    modelId: string,
    options: LoadOptions,
    onEvent: (event: LoadEvent) => void,
  ): Promise<Outcome<LoadedModel>>;

  /** Fails with 'bad-request' while nothing is loaded. Calls are answered one after the other. */
  answer(
    runId: RunId,
    messages: Message[],
    options: AnswerOptions,
    onEvent: (event: AnswerEvent) => void,
  ): Promise<Outcome<Answer>>;

  /** Stops a run that is waiting or under way; an unknown or finished one is ignored. */
  cancel(runId: RunId): void;

  /** Lets the loaded model, if any, forget every conversation: what is cached of words and pictures. */
  forget(): Promise<Outcome<null>>;

  /** Releases the loaded model, if any. */
  unload(): Promise<Outcome<null>>;
}
