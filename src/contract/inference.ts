// The inference worker's API. Every call settles as an Outcome; nothing here is more than plain data
// and callbacks, so that it crosses a thread as it is.

import type { Outcome } from '../failure.ts';
import type { Answer, AnswerEvent, AnswerOptions } from './answer.ts';
import type { Message } from './conversation.ts';

export type Backend = 'webgpu' | 'wasm';

/** Of activations: 'f16' needs a device with `shader-f16`. Absent: the engine chooses. */
export type Precision = 'f32' | 'f16';

export interface LoadOptions {
  backend: Backend;
  precision?: Precision;
}

export type LoadEvent =
  | { kind: 'fetching'; doneBytes: number; totalBytes: number }
  /** Graphs are built and weights go to the device. */
  | { kind: 'preparing'; doneBytes: number; totalBytes: number };

export interface LoadedModel {
  /** As in the checkpoint's config.json: 'qwen3_vl' or 'qwen3_vl_moe'. */
  architecture: string;
  /** The package's precision preset. */
  preset: string;
  backend: Backend;
  bytes: number;
}

/** Names one load or answer, so that it can be stopped; the page chooses it. */
export type RunId = string;

export interface InferenceApi {
  /** Fetches, verifies and prepares a package; whatever was loaded before is released first. */
  load(
    runId: RunId,
    packageUrl: string,
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

  /** Releases the loaded model, if any. */
  unload(): Promise<Outcome<null>>;
}
