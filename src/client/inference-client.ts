// The page's side of the inference worker. Every call settles; an aborted signal reaches the worker as a cancel. Owns
// the worker; the next call replaces a dead one. The new worker has no model loaded.

import * as Comlink from 'comlink';
import type { Answer, AnswerEvent, AnswerOptions } from '../contract/answer.ts';
import type { Message } from '../contract/conversation.ts';
import type {
  Backend,
  InferenceApi,
  InferenceWalls,
  LoadedModel,
  LoadEvent,
  LoadOptions,
  RuntimeEvent,
} from '../contract/inference.ts';
import type { HeldEntry } from '../contract/held-entry.ts';
import type { Outcome } from '../failure.ts';
import { WorkerCalls, type WorkerLike } from './worker-calls.ts';

export class InferenceClient {
  readonly #calls: WorkerCalls<InferenceApi>;

  /** The backend of the latest load, for which a replacement worker fetches the runtime in advance. */
  #latest: Pick<LoadOptions, 'backend' | 'hardwareOnly'> | undefined;
  readonly #held: (modelId: string) => Promise<readonly HeldEntry[]>;

  /**
   * `start` makes a fresh worker that exposes an InferenceApi. `held` is called before a model is loaded, and returns
   * those of the model's entries that storage refused. `onMissing`: see WorkerCalls.
   */
  constructor(
    start: () => WorkerLike,
    held: (modelId: string) => Promise<readonly HeldEntry[]> = () => Promise.resolve([]),
    onMissing?: () => void,
  ) {
    this.#calls = new WorkerCalls<InferenceApi>('inference', start, onMissing, (api) => {
      if (this.#latest === undefined) return;
      const { backend, hardwareOnly = false } = this.#latest;
      api
        .prepare(
          [backend],
          hardwareOnly,
          Comlink.proxy(() => undefined),
        )
        .catch(() => undefined);
    });
    this.#held = held;
  }

  walls(): Promise<Outcome<InferenceWalls>> {
    return this.#calls.call((api) => api.walls());
  }

  /** Begins to fetch the runtime for the first of these backends that is available. */
  prepare(
    backends: Backend[],
    hardwareOnly: boolean,
    onEvent: (event: RuntimeEvent) => void,
  ): Promise<Outcome<null>> {
    return this.#calls.call((api) => api.prepare(backends, hardwareOnly, Comlink.proxy(onEvent)));
  }

  async load(
    modelId: string,
    options: LoadOptions,
    onEvent: (event: LoadEvent) => void,
    signal: AbortSignal,
  ): Promise<Outcome<LoadedModel>> {
    this.#latest = options;
    const all = await this.#withHeld(modelId, options);
    return this.#calls.run(signal, (api, id) => api.load(id, modelId, all, Comlink.proxy(onEvent)));
  }

  /** Loads a model onto another device while the loaded one keeps answering. */
  async loadBehind(
    modelId: string,
    options: LoadOptions,
    signal: AbortSignal,
  ): Promise<Outcome<LoadedModel>> {
    const all = await this.#withHeld(modelId, options);
    return this.#calls.run(signal, (api, id) => api.loadBehind(id, modelId, all), 'beside');
  }

  /** Makes the model that was loaded behind answer from now on. */
  takeOver(): Promise<Outcome<LoadedModel>> {
    return this.#calls.run(new AbortController().signal, (api, id) => api.takeOver(id));
  }

  answer(
    messages: Message[],
    options: AnswerOptions,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
  ): Promise<Outcome<Answer>> {
    return this.#calls.run(signal, (api, id) => api.answer(id, messages, options, Comlink.proxy(onEvent)));
  }

  forget(): Promise<Outcome<null>> {
    return this.#calls.call((api) => api.forget());
  }

  unload(): Promise<Outcome<null>> {
    return this.#calls.call((api) => api.unload());
  }

  /** Ends the worker; pending calls fail with 'worker-died'. */
  dispose(): void {
    this.#calls.dispose();
  }

  async #withHeld(modelId: string, options: LoadOptions): Promise<LoadOptions> {
    const held = await this.#held(modelId);
    return held.length > 0 ? { ...options, held } : options;
  }
}
