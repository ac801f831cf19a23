// The page's side of the inference worker: starts it, gives runs their names, carries an AbortSignal
// across as cancel(runId), and makes every call settle, because Comlink never notices a dead worker.
// Owns the worker; a dead one is replaced by the next call, with no model loaded in it.

import * as Comlink from 'comlink';
import type { Answer, AnswerEvent, AnswerOptions } from '../contract/answer.ts';
import type { Message } from '../contract/conversation.ts';
import type { InferenceApi, LoadedModel, LoadEvent, LoadOptions, RunId } from '../contract/inference.ts';
import { describe, type Outcome } from '../failure.ts';

/** As much of a Worker as is used here. */
export interface WorkerLike extends Comlink.Endpoint {
  terminate(): void;
}

interface Running {
  worker: WorkerLike;
  api: Comlink.Remote<InferenceApi>;
  /** Settles, as a failure, each call that is still waiting. */
  waiting: Set<(outcome: Outcome<never>) => void>;
}

export class InferenceClient {
  readonly #start: () => WorkerLike;
  #running: Running | undefined;
  #runs = 0;

  /** `start` makes a fresh worker that exposes an InferenceApi. */
  constructor(start: () => WorkerLike) {
    this.#start = start;
  }

  load(
    packageUrl: string,
    options: LoadOptions,
    onEvent: (event: LoadEvent) => void,
    signal: AbortSignal,
  ): Promise<Outcome<LoadedModel>> {
    return this.#run(signal, (api, id) => api.load(id, packageUrl, options, Comlink.proxy(onEvent)));
  }

  answer(
    messages: Message[],
    options: AnswerOptions,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
  ): Promise<Outcome<Answer>> {
    return this.#run(signal, (api, id) => api.answer(id, messages, options, Comlink.proxy(onEvent)));
  }

  unload(): Promise<Outcome<null>> {
    return this.#settled((api) => api.unload());
  }

  /** Ends the worker; calls that wait fail with 'worker-died'. */
  dispose(): void {
    if (this.#running !== undefined) this.#bury(this.#running, 'The inference worker was ended.');
  }

  async #run<T>(
    signal: AbortSignal,
    job: (api: Comlink.Remote<InferenceApi>, id: RunId) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    if (signal.aborted) return { kind: 'stopped' };
    const id: RunId = String(++this.#runs);
    let cancel: (() => void) | undefined;
    try {
      return await this.#settled((api) => {
        // A worker that is dead by then has already settled the call.
        cancel = () => void api.cancel(id).catch(() => undefined);
        signal.addEventListener('abort', cancel);
        return job(api, id);
      });
    } finally {
      if (cancel !== undefined) signal.removeEventListener('abort', cancel);
    }
  }

  /** The call's outcome, or 'worker-died' if the worker ends first. */
  #settled<T>(call: (api: Comlink.Remote<InferenceApi>) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const { api, waiting } = (this.#running ??= this.#begin());
    return new Promise((resolve) => {
      waiting.add(resolve);
      const settle = (outcome: Outcome<T>): void => {
        waiting.delete(resolve);
        resolve(outcome);
      };
      call(api).then(settle, (error: unknown) => {
        settle({ kind: 'failed', failure: describe(error) });
      });
    });
  }

  #begin(): Running {
    const worker = this.#start();
    const running: Running = { worker, api: Comlink.wrap<InferenceApi>(worker), waiting: new Set() };
    worker.addEventListener('error', (event) => {
      const reason = 'message' in event && typeof event.message === 'string' ? event.message : '';
      this.#bury(running, reason === '' ? 'The inference worker could not be started.' : reason);
    });
    worker.addEventListener('messageerror', () => {
      this.#bury(running, 'A message of the inference worker could not be read.');
    });
    return running;
  }

  #bury(running: Running, message: string): void {
    if (this.#running === running) this.#running = undefined;
    running.worker.terminate();
    for (const settle of running.waiting)
      settle({ kind: 'failed', failure: { code: 'worker-died', message } });
    running.waiting.clear();
  }
}
