// The inference worker's API. Every call settles as an Outcome. All arguments and results are plain data and
// callbacks, so that they cross a thread unchanged.

import type { Outcome } from '../failure.ts';
import type { WallReport } from '../policy/walls.ts';
import type { Answer, AnswerEvent, AnswerOptions } from './answer.ts';
import type { Message } from './conversation.ts';
import type { HeldEntry } from './held-entry.ts';

/** 'wasm': the processor, with the project's own kernels. */
export type Backend = 'webgpu' | 'wasm';

/** The precision of activations. 'f16' needs a device with `shader-f16`. */
export type Precision = 'f32' | 'f16';

export interface LoadOptions {
  backend: Backend;
  precision?: Precision;
  /** Whether to fail with 'no-webgpu' if the only adapter is a software adapter: the project's own kernels are faster. */
  hardwareOnly?: boolean;
  /**
   * The memory budget for experts on the device; experts beyond it are paged from storage. There is always memory for
   * the experts of one token. If the device has less memory than the budget, the budget is lowered. If omitted, all
   * experts are resident.
   */
  expertBudgetBytes?: number;
  /** Whether to load a model onto a GPU without a self-test if its package has none. By default, the processor makes one. */
  skipJudge?: boolean;
  /** The entries of the model that storage refused. All other entries are read from storage. */
  held?: readonly HeldEntry[];
}

/** The worker is building graphs and uploading weights to the device. */
export interface LoadEvent {
  kind: 'preparing';
  doneBytes: number;
  totalBytes: number;
  /** Whether the processor is computing the self-test of a model whose package has none, before the GPU is loaded. */
  isJudging?: boolean;
}

/** The worker is fetching the runtime that runs models. `totalBytes` is known before the fetch begins. */
export interface RuntimeEvent {
  doneBytes: number;
  totalBytes: number;
}

export interface LoadedModel {
  /** The model's key in storage. */
  id: string;
  /** The architecture named in the checkpoint's config.json: 'qwen3_vl' or 'qwen3_vl_moe'. */
  architecture: string;
  /** The package's precision preset. */
  preset: string;
  backend: Backend;
  precision: Precision;
  bytes: number;
  /** The largest number of tokens of prompt and answer together. */
  contextTokens: number;
  /** Whether the model writes a thought before its answer. */
  thinks: boolean;
  /** The model's mixture layers; null for a dense model. */
  experts: LoadedExperts | null;
  /**
   * Precisions in which this device's GPU computes wrong numbers, so that the worker chose another precision, or the
   * processor.
   */
  distrusted?: Precision[];
}

/** Each of `layers` layers has `count` experts, of which `chosen` process a token. */
export interface ExpertShape {
  layers: number;
  count: number;
  chosen: number;
}

export interface LoadedExperts extends ExpertShape {
  /** Bytes of all experts. */
  bytes: number;
  /** The memory budget for experts on the device; the other experts are paged. If null, all experts are resident. */
  budgetBytes: number | null;
}

/** Names one load or answer, so that it can be stopped. The page chooses the name. */
export type RunId = string;

/** The reports of the inference worker and of the processor engine's threads about their own walls. */
export interface InferenceWalls {
  inference: WallReport;
  kernel: WallReport;
}

export interface InferenceApi {
  /** If one of these walls does not hold, the worker loads no model. */
  walls(): Promise<Outcome<InferenceWalls>>;

  /**
   * Begins to fetch the program (runtime or kernels) for the first of these backends that this device has, so that the
   * program is ready when the model is. No other call waits for this one. `hardwareOnly`: see LoadOptions. If the fetch fails, `load` tries
   * again and reports the failure.
   */
  prepare(
    backends: Backend[],
    hardwareOnly: boolean,
    onEvent: (event: RuntimeEvent) => void,
  ): Promise<Outcome<null>>;

  /**
   * Releases the loaded model, if any, and loads a finished model from storage onto the device. Fails with
   * 'missing-file' if storage has no such model, and with 'unprotected' if a wall does not hold.
   */
  load(
    runId: RunId,
    modelId: string,
    options: LoadOptions,
    onEvent: (event: LoadEvent) => void,
  ): Promise<Outcome<LoadedModel>>;

  /**
   * Loads a model onto another device while the loaded one keeps answering. The new model answers only after
   * `takeOver`; if another model is loaded before that, it never answers. Fails with the failures of `load`.
   */
  loadBehind(runId: RunId, modelId: string, options: LoadOptions): Promise<Outcome<LoadedModel>>;

  /**
   * Replaces the loaded model by the model that was loaded behind, after all answers that were requested before. Fails
   * with 'bad-request' if no model was loaded behind.
   */
  takeOver(runId: RunId): Promise<Outcome<LoadedModel>>;

  /**
   * Answers the last message. Calls are answered one after the other. Fails with 'bad-request' if no model is loaded.
   */
  answer(
    runId: RunId,
    messages: Message[],
    options: AnswerOptions,
    onEvent: (event: AnswerEvent) => void,
  ): Promise<Outcome<Answer>>;

  /** Stops a waiting or running run. An unknown or finished run is ignored. */
  cancel(runId: RunId): void;

  /** Clears the caches of the loaded model, if any: the prefix cache and the features of pictures. */
  forget(): Promise<Outcome<null>>;

  /** Releases the loaded model, if any. */
  unload(): Promise<Outcome<null>>;
}
