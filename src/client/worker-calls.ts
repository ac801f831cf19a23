// Calls to a worker that always settle. Comlink never notices that a worker has died, so each call races the worker's
// death. Owns the worker; the next call replaces a dead one.

import * as Comlink from 'comlink';
import { describe, type FailureCode, type Outcome } from '../failure.ts';
import { ProgramWatch } from './program-watch.ts';

/** The part of Worker that this file uses. */
export interface WorkerLike extends Comlink.Endpoint {
  terminate(): void;
}

/** An API whose runs can be stopped by name. */
interface Stoppable {
  cancel(runId: string): void;
}

interface Running<Api> {
  worker: WorkerLike;
  api: Comlink.Remote<Api>;
  /** Calls in the order in which they were made. */
  waiting: Set<Waiting>;
  /** Ends the worker if a model's own program (its template or tokenizer) never ends. */
  watch: ProgramWatch;
}

/** A call that has not settled. */
interface Waiting {
  settle: (outcome: Outcome<never>) => void;
  /** Makes the call again, in a fresh worker. */
  repeat: () => void;
  /**
   * The signal of a call that is a run; undefined for other calls. The worker begins a run when the previous runs have
   * ended.
   */
  signal: AbortSignal | undefined;
}

export class WorkerCalls<Api extends Stoppable> {
  readonly #name: string;
  readonly #start: () => WorkerLike;
  readonly #onMissing: () => void;
  readonly #prepare: (api: Comlink.Remote<Api>) => void;
  #running: Running<Api> | undefined;
  /** A fresh worker that replaces `#running` if the program there turns out to be endless. */
  #spare: Running<Api> | undefined;
  #runs = 0;

  /**
   * `name` appears in messages. `start` makes a fresh worker that exposes an Api, and `prepare` makes a worker ready to
   * replace another. `onMissing` is called if the worker or a part of it could not be fetched.
   */
  constructor(
    name: string,
    start: () => WorkerLike,
    onMissing: () => void = () => undefined,
    prepare: (api: Comlink.Remote<Api>) => void = () => undefined,
  ) {
    this.#name = name;
    this.#start = start;
    this.#onMissing = onMissing;
    this.#prepare = prepare;
  }

  /**
   * Makes a call with a unique name. If `signal` aborts, the worker's `cancel` is called with that name. If `order`
   * is 'beside', the call does not wait for its turn in the worker.
   */
  async run<T>(
    signal: AbortSignal,
    job: (api: Comlink.Remote<Api>, runId: string) => Promise<Outcome<T>>,
    order: 'in turn' | 'beside' = 'in turn',
  ): Promise<Outcome<T>> {
    if (signal.aborted) return { kind: 'stopped' };
    const id = String(++this.#runs);
    let cancel: (() => void) | undefined;
    try {
      return await this.call(
        (api) => {
          // If the worker is dead by then, the call has already settled.
          const remote: Comlink.Remote<Stoppable> = api;
          cancel = () => {
            if (order === 'in turn') this.#running?.watch.hurry();
            void remote.cancel(id).catch(() => undefined);
          };
          signal.addEventListener('abort', cancel);
          return job(api, id);
        },
        order === 'in turn' ? signal : undefined,
      );
    } finally {
      if (cancel !== undefined) signal.removeEventListener('abort', cancel);
    }
  }

  /**
   * Returns the call's outcome, or 'worker-died' if the worker ends first. A call with `signal` is a run, which waits
   * for its turn in the worker. If a run before it never ends, the call is repeated in a fresh worker.
   */
  call<T>(job: (api: Comlink.Remote<Api>) => Promise<Outcome<T>>, signal?: AbortSignal): Promise<Outcome<T>> {
    return new Promise((resolve) => {
      const begin = (): void => {
        const { api, waiting, watch } = (this.#running ??= this.#takeSpare() ?? this.#begin());
        const settle = (outcome: Outcome<T>): void => {
          // If this worker was ended, the call may have been repeated in another one.
          if (!waiting.delete(entry)) return;
          if (outcome.kind === 'failed' && outcome.failure.code === 'not-loaded') this.#onMissing();
          resolve(outcome);
        };
        const entry: Waiting = { settle, repeat: begin, signal };
        waiting.add(entry);
        if (signal !== undefined) watch.hurry();
        job(api).then(settle, (error: unknown) => {
          settle({ kind: 'failed', failure: describe(error) });
        });
      };
      begin();
    });
  }

  /** Ends the worker; pending calls fail with 'worker-died'. */
  dispose(): void {
    for (const one of [this.#spare, this.#running]) {
      if (one !== undefined) this.#bury(one, `The ${this.#name} worker was ended.`);
    }
  }

  #takeSpare(): Running<Api> | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare;
  }

  #begin(): Running<Api> {
    const worker = this.#start();
    const watch = new ProgramWatch({
      isUrgent: () => {
        const [current, ...behind] = runsOf(running);
        return behind.length > 0 || current?.signal?.aborted === true;
      },
      // A fresh worker needs seconds until it can load a model, so it starts while the slow program may still end.
      onSlow: () => {
        this.#spare ??= this.#begin();
        this.#prepare(this.#spare.api);
      },
      onEnded: () => {
        if (this.#spare !== undefined) this.#bury(this.#spare, 'It was not needed.');
      },
      onEndless: () => this.#endProgram(running),
    });
    const running: Running<Api> = { worker, api: Comlink.wrap<Api>(worker), waiting: new Set(), watch };
    worker.addEventListener('message', (event) => watch.hear((event as MessageEvent<unknown>).data));
    // A worker that has sent a message was fetched successfully.
    let hasSpoken = false;
    worker.addEventListener('message', () => (hasSpoken = true));
    worker.addEventListener('error', (event) => {
      const reason = 'message' in event && typeof event.message === 'string' ? event.message : '';
      // An error without a message means that the script could not be fetched.
      if (reason === '' && hasSpoken) return;
      if (reason === '') this.#bury(running, `The ${this.#name} worker could not be loaded.`, 'not-loaded');
      else this.#bury(running, reason);
    });
    worker.addEventListener('messageerror', () => {
      this.#bury(running, `A message of the ${this.#name} worker could not be read.`);
    });
    return running;
  }

  #bury(running: Running<Api>, message: string, code: FailureCode = 'worker-died'): void {
    if (this.#running === running) this.#running = undefined;
    if (this.#spare === running) this.#spare = undefined;
    running.watch.dispose();
    running.worker.terminate();
    for (const { settle } of [...running.waiting]) settle({ kind: 'failed', failure: { code, message } });
  }

  /** The current run fails with 'endless-model'; the runs that wait behind it begin in a fresh worker. */
  #endProgram(running: Running<Api>): void {
    const [first, ...behind] = runsOf(running);
    for (const one of behind) running.waiting.delete(one);
    if (this.#running === running) this.#running = undefined;
    const message = 'The template or the tokenizer of the model did not end.';
    first?.settle({ kind: 'failed', failure: { code: 'endless-model', message } });
    this.#bury(running, `The ${this.#name} worker was ended: ${message}`);
    for (const { repeat } of behind) repeat();
  }
}

/** The current run, followed by the runs that wait behind it, in order. */
function runsOf({ waiting }: Pick<Running<unknown>, 'waiting'>): Waiting[] {
  return [...waiting].filter(({ signal }) => signal !== undefined);
}
