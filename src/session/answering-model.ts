// The model that answers in a worker, and the model that was loaded behind it and may replace it. Owns both. Loads,
// answers and takeovers run one after the other; a load behind runs beside them.

import type { LoadedModel, RunId } from '../contract/inference.ts';
import type { Engine } from '../engine/engine.ts';
import { fail, type Outcome } from '../failure.ts';
import type { Loaded } from './load-model.ts';
import { RunQueue } from './run-queue.ts';

type Load = (signal: AbortSignal) => Promise<Loaded>;

export class AnsweringModel {
  readonly #runs = new RunQueue('serial');
  readonly #behind = new RunQueue('serial');
  #loaded: Loaded | undefined;
  #next: Loaded | undefined;
  /** The name of the latest load behind, and a promise that resolves when that load has ended. */
  #latest: { id: RunId; ended: Promise<unknown> } | undefined;

  /** Releases both models, then loads another one. Fails with the failures of `load`. */
  load(id: RunId, load: Load): Promise<Outcome<LoadedModel>> {
    return this.#runs.start(id, async (signal) => {
      await this.#release();
      this.#loaded = await load(signal);
      return this.#loaded.facts;
    });
  }

  /** Loads a model while the current one keeps answering. The new model answers only after `takeOver`. */
  loadBehind(id: RunId, load: Load): Promise<Outcome<LoadedModel>> {
    const before = this.#loaded;
    const ended = this.#behind.start(id, async (signal) => {
      await this.#releaseNext();
      const next = await load(signal);
      // Another model may have been loaded in the meantime, although `#release` stopped this load.
      if (signal.aborted || this.#loaded !== before) await next.dispose();
      signal.throwIfAborted();
      if (this.#loaded !== before) fail('bad-request', 'The model that was to be replaced is gone.');
      this.#next = next;
      return next.facts;
    });
    this.#latest = { id, ended };
    return ended;
  }

  /** Replaces the current model by the model that was loaded behind, after the answer that is being written. */
  takeOver(id: RunId): Promise<Outcome<LoadedModel>> {
    return this.#runs.start(id, async () => {
      const [before, next] = [this.#loaded, this.#next];
      if (next === undefined) fail('bad-request', 'No model was loaded behind.');
      [this.#loaded, this.#next] = [next, undefined];
      await before?.dispose();
      return next.facts;
    });
  }

  /** Runs a job on the engine; fails with 'bad-request' while no model is loaded. */
  use<T>(id: RunId, job: (engine: Engine, signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
    return this.#runs.start(id, (signal) => {
      if (this.#loaded === undefined) fail('bad-request', 'No model is loaded.');
      return job(this.#loaded.engine, signal);
    });
  }

  /** Clears the caches of the current model, if any. */
  forget(): Promise<Outcome<null>> {
    return this.#runs.start('forget', () => {
      this.#loaded?.engine.forget();
      return Promise.resolve(null);
    });
  }

  unload(): Promise<Outcome<null>> {
    return this.#runs.start('unload', async () => {
      await this.#release();
      return null;
    });
  }

  cancel(id: RunId): void {
    this.#runs.cancel(id);
    this.#behind.cancel(id);
  }

  async #release(): Promise<void> {
    if (this.#latest !== undefined) {
      this.#behind.cancel(this.#latest.id);
      await this.#latest.ended;
    }
    await this.#releaseNext();
    const released = this.#loaded;
    this.#loaded = undefined;
    await released?.dispose();
  }

  async #releaseNext(): Promise<void> {
    const released = this.#next;
    this.#next = undefined;
    await released?.dispose();
  }
}
