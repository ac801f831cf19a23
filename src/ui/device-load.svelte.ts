// A model on the device, or on its way there: one at a time, since a load of another ends the first.

import type { InferenceClient } from '../client/inference-client.ts';
import type { Backend, LoadedModel, LoadOptions } from '../contract/inference.ts';
import type { FailureCode, FailureInfo, Outcome } from '../failure.ts';

/** 'auto': WebGPU where there is one that works, the processor otherwise. */
export type BackendChoice = 'auto' | Backend;

/** What a user may say about how a model runs. */
export interface RunChoices {
  backend: BackendChoice;
  /** Of experts on the device; null: as many as suit it. */
  expertBudgetBytes: number | null;
}

export type LoadState =
  | { kind: 'loading'; doneBytes: number; totalBytes: number }
  | { kind: 'ready'; model: LoadedModel }
  | { kind: 'failed'; failure: FailureInfo };

/** What a device may say to a model that the processor could still run. */
const FALLS_BACK: ReadonlySet<FailureCode> = new Set(['no-webgpu']);

interface Load extends RunChoices {
  id: string;
  stop: AbortController;
  ended: Promise<Outcome<LoadedModel>>;
}

export class DeviceLoad {
  readonly #inference: Pick<InferenceClient, 'load'>;
  readonly #hasWebGpu: boolean;
  #load = $state.raw<Load | undefined>();
  #state = $state.raw<LoadState | undefined>();
  #latest = $state.raw<LoadedModel | undefined>();

  constructor(inference: Pick<InferenceClient, 'load'>, hasWebGpu: boolean) {
    this.#inference = inference;
    this.#hasWebGpu = hasWebGpu;
  }

  /** Which model it is; undefined: none. */
  get id(): string | undefined {
    return this.#load?.id;
  }

  /** The model that was ready last; it may have left the device since. */
  get latest(): LoadedModel | undefined {
    return this.#latest;
  }

  /** How far a model has come; undefined where it is not the one, or was to run in another way. */
  stateOf(id: string, choices: RunChoices): LoadState | undefined {
    return this.#isOf(id, choices) ? this.#state : undefined;
  }

  /** The load under way or done, or a new one: `store` settles when the model is in storage. */
  begin(
    id: string,
    choices: RunChoices,
    store: () => Promise<Outcome<unknown>>,
  ): Promise<Outcome<LoadedModel>> {
    if (this.#load && this.#isOf(id, choices) && this.#state?.kind !== 'failed') return this.#load.ended;
    this.stop();
    const load: Load = {
      id,
      ...choices,
      stop: new AbortController(),
      // A step later, so that what it tells finds this load in its place.
      ended: Promise.resolve().then(() => this.#bring(load, store)),
    };
    this.#load = load;
    void load.ended.then((outcome) => {
      if (this.#load !== load) return;
      if (outcome.kind === 'stopped') this.stop();
      else if (outcome.kind === 'failed') this.#state = outcome;
      else {
        this.#latest = outcome.value;
        this.#state = { kind: 'ready', model: outcome.value };
      }
    });
    return load.ended;
  }

  /** Ends a load under way; what is on the device is taken for lost, and loaded anew when it is wanted. */
  stop(): void {
    this.#load?.stop.abort();
    this.#load = undefined;
    this.#state = undefined;
  }

  #isOf(id: string, { backend, expertBudgetBytes }: RunChoices): boolean {
    const load = this.#load;
    return load?.id === id && load.backend === backend && load.expertBudgetBytes === expertBudgetBytes;
  }

  /** Into storage, then to the device. */
  async #bring(load: Load, store: () => Promise<Outcome<unknown>>): Promise<Outcome<LoadedModel>> {
    const stored = await store();
    if (stored.kind !== 'done') return stored;
    const onEvent = ({ doneBytes, totalBytes }: { doneBytes: number; totalBytes: number }): void => {
      // Events come by a channel of their own and may be late.
      if (this.#load !== load || this.#state?.kind === 'ready') return;
      this.#state = { kind: 'loading', doneBytes, totalBytes };
    };
    let outcome: Outcome<LoadedModel> = { kind: 'stopped' };
    for (const backend of backendsOf(load.backend, this.#hasWebGpu)) {
      onEvent({ doneBytes: 0, totalBytes: 0 });
      const options: LoadOptions = {
        backend,
        hardwareOnly: load.backend === 'auto',
        ...(load.expertBudgetBytes === null ? {} : { expertBudgetBytes: load.expertBudgetBytes }),
      };
      outcome = await this.#inference.load(load.id, options, onEvent, load.stop.signal);
      if (outcome.kind !== 'failed' || !FALLS_BACK.has(outcome.failure.code)) break;
    }
    return outcome;
  }
}

function backendsOf(choice: BackendChoice, hasWebGpu: boolean): Backend[] {
  if (choice !== 'auto') return [choice];
  return hasWebGpu ? ['webgpu', 'wasm'] : ['wasm'];
}
