// Loads models onto the device, one at a time. Loading another model ends the current load. Moves the built-in model to
// the GPU after its first answer (see first-answer.ts).

import type { InferenceClient } from '../../client/inference-client.ts';
import type { Backend, LoadedModel, LoadEvent, LoadOptions } from '../../contract/inference.ts';
import type { FailureCode, FailureInfo, Outcome } from '../../failure.ts';
import { backendsFor, goesOnWithGpu, type BackendChoice } from './first-answer.ts';

/** The user's choices about how a model runs. */
export interface RunChoices {
  backend: BackendChoice;
  /** The memory budget for experts in bytes; if null, the budget suits the device. */
  expertBudgetBytes: number | null;
}

export type LoadState =
  | { kind: 'loading'; doneBytes: number; totalBytes: number; isJudging: boolean }
  | { kind: 'ready'; model: LoadedModel }
  | { kind: 'failed'; failure: FailureInfo };

/** Failures of WebGPU after which the processor may still run the model. */
const FALLS_BACK: ReadonlySet<FailureCode> = new Set(['no-webgpu', 'gpu-too-limited']);

/** Failures that a check-up of the stored model and a new download can mend. */
const MENDABLE: ReadonlySet<FailureCode> = new Set(['missing-file', 'corrupt-shard']);

export function isMendable({ code }: FailureInfo): boolean {
  return MENDABLE.has(code);
}

/** The operations on a stored model that a load needs. */
export interface Stored {
  /** Stores the model if necessary, and settles when it is stored. */
  fetch(): Promise<Outcome<unknown>>;
  /** Checks the stored model and fetches damaged parts again. The value is true if any part was damaged. */
  mend(signal: AbortSignal): Promise<Outcome<boolean>>;
}

interface Load extends RunChoices {
  id: string;
  stop: AbortController;
  ended: Promise<Outcome<LoadedModel>>;
}

/** The part of the inference client that loads models. */
export type Loader = Pick<InferenceClient, 'load' | 'loadBehind' | 'takeOver'>;

export class DeviceLoad {
  readonly #inference: Loader;
  readonly #hasWebGpu: boolean;
  #load = $state.raw<Load | undefined>();
  #state = $state.raw<LoadState | undefined>();
  #latest = $state.raw<LoadedModel | undefined>();

  /** Stops the load onto the GPU that runs behind the answers. */
  #behind: AbortController | undefined;
  /** Ends the computation of the model's self-test; see LoadOptions.skipJudge. */
  #skip: AbortController | undefined;
  /** Whether a load onto the GPU has failed in this visit, so that it is not tried again. */
  #lacksGpu = false;

  constructor(inference: Loader, hasWebGpu: boolean) {
    this.#inference = inference;
    this.#hasWebGpu = hasWebGpu;
  }

  /** The id of the model that is loading, loaded or failed; undefined if there is none. */
  get id(): string | undefined {
    return this.#load?.id;
  }

  /** The model that was loaded last; it may have been unloaded since. */
  get latest(): LoadedModel | undefined {
    return this.#latest;
  }

  /** The load state of a model; undefined if this is not the current load, or if the load has other choices. */
  stateOf(id: string, choices: RunChoices): LoadState | undefined {
    return this.#isOf(id, choices) ? this.#state : undefined;
  }

  /** Loads a model, or joins its load if that has begun or ended. Stops a load that runs behind the answers. */
  begin(id: string, choices: RunChoices, stored: Stored): Promise<Outcome<LoadedModel>> {
    this.#behind?.abort();
    if (this.#load && this.#isOf(id, choices) && this.#state?.kind !== 'failed') return this.#load.ended;
    this.stop();
    const load: Load = {
      id,
      ...choices,
      stop: new AbortController(),
      // Begin one microtask later, so that `#load` is set before the first event arrives.
      ended: Promise.resolve().then(() => this.#storeAndLoad(load, stored)),
    };
    this.#load = load;
    void load.ended.then((outcome) => {
      if (this.#load !== load) return;
      if (outcome.kind === 'stopped') this.stop();
      else if (outcome.kind === 'failed') this.#state = outcome;
      else this.#isReady(outcome.value);
    });
    return load.ended;
  }

  /**
   * Handles the end of an answer of the model `id`: if the model should move to the GPU, loads it there. Until it is
   * loaded, the processor answers further questions. Each of these questions stops the load until its own answer has
   * ended.
   */
  async answered(id: string): Promise<void> {
    const load = this.#load;
    if (load?.id !== id || this.#state?.kind !== 'ready' || this.#lacksGpu) return;
    const { model } = this.#state;
    if (!goesOnWithGpu(model, load.backend, this.#hasWebGpu)) return;
    this.#behind?.abort();
    const stop = (this.#behind = new AbortController());
    const loaded = await this.#inference.loadBehind(id, optionsOf(load, 'webgpu'), stop.signal);
    if (loaded.kind === 'failed') this.#lacksGpu = true;
    if (this.#load !== load) return;
    // The worker that held the model is gone.
    if (loaded.kind === 'failed' && loaded.failure.code === 'worker-died') this.stop();
    // A question that arrives now waits for a moment, until it is known where the model runs.
    if (loaded.kind === 'done') load.ended = this.#takeOver(load, model);
  }

  /** If the processor is computing the model's self-test, loads the model without one. */
  skipJudging(): void {
    if (this.#state?.kind !== 'loading' || !this.#state.isJudging) return;
    this.#state = { ...this.#state, isJudging: false };
    this.#skip?.abort();
  }

  /** Ends the current load. The model on the device counts as lost, so the next `begin` loads it again. */
  stop(): void {
    this.#behind?.abort();
    this.#load?.stop.abort();
    this.#load = undefined;
    this.#state = undefined;
  }

  #isReady(model: LoadedModel): void {
    this.#latest = model;
    this.#state = { kind: 'ready', model };
  }

  /** Replaces the model on the processor, `before`, by the model on the GPU. */
  async #takeOver(load: Load, before: LoadedModel): Promise<Outcome<LoadedModel>> {
    const taken = await this.#inference.takeOver();
    if (taken.kind !== 'done') return { kind: 'done', value: before };
    if (this.#load === load) this.#isReady(taken.value);
    return taken;
  }

  #isOf(id: string, { backend, expertBudgetBytes }: RunChoices): boolean {
    const load = this.#load;
    return load?.id === id && load.backend === backend && load.expertBudgetBytes === expertBudgetBytes;
  }

  /** Stores the model, then loads it. If the load finds a damaged file, mends the model and loads it once more. */
  async #storeAndLoad(load: Load, stored: Stored): Promise<Outcome<LoadedModel>> {
    const fetched = await stored.fetch();
    if (fetched.kind !== 'done') return fetched;
    const loaded = await this.#toDevice(load);
    if (loaded.kind !== 'failed' || !isMendable(loaded.failure)) return loaded;
    const mended = await stored.mend(load.stop.signal);
    if (mended.kind !== 'done') return mended;
    return mended.value ? this.#toDevice(load) : loaded;
  }

  async #toDevice(load: Load): Promise<Outcome<LoadedModel>> {
    const skip = (this.#skip = new AbortController());
    const onEvent = ({ doneBytes, totalBytes, isJudging = false }: Omit<LoadEvent, 'kind'>): void => {
      // Events arrive through a separate channel and may be late.
      if (this.#load !== load || this.#state?.kind === 'ready') return;
      this.#state = { kind: 'loading', doneBytes, totalBytes, isJudging: isJudging && !skip.signal.aborted };
    };
    let outcome: Outcome<LoadedModel> = { kind: 'stopped' };
    for (const backend of backendsFor(load.id, load.backend, this.#hasWebGpu)) {
      onEvent({ doneBytes: 0, totalBytes: 0 });
      const options = optionsOf(load, backend);
      const stopOrSkip = AbortSignal.any([load.stop.signal, skip.signal]);
      outcome = await this.#inference.load(load.id, options, onEvent, stopOrSkip);
      if (outcome.kind === 'stopped' && skip.signal.aborted && !load.stop.signal.aborted) {
        onEvent({ doneBytes: 0, totalBytes: 0 });
        const unjudged = { ...options, skipJudge: true };
        outcome = await this.#inference.load(load.id, unjudged, onEvent, load.stop.signal);
      }
      if (outcome.kind !== 'failed' || !FALLS_BACK.has(outcome.failure.code)) break;
    }
    return outcome;
  }
}

function optionsOf({ backend: choice, expertBudgetBytes }: RunChoices, backend: Backend): LoadOptions {
  return {
    backend,
    hardwareOnly: choice === 'auto',
    ...(expertBudgetBytes === null ? {} : { expertBudgetBytes }),
  };
}
