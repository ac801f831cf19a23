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
const FALLS_BACK: ReadonlySet<FailureCode> = new Set(['no-webgpu', 'gpu-too-limited']);

/** What storage may have lost; a check-up finds it and a download brings it again. */
const MENDABLE: ReadonlySet<FailureCode> = new Set(['missing-file', 'corrupt-shard']);

export function isMendable({ code }: FailureInfo): boolean {
  return MENDABLE.has(code);
}

/** A model's place in storage. */
export interface Stored {
  /** Settles when the model is there. */
  bring(): Promise<Outcome<unknown>>;
  /** Looks for damage and brings again what it finds; whether there was any. */
  mend(signal: AbortSignal): Promise<Outcome<boolean>>;
}

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

  /** The load under way or done, or a new one. */
  begin(id: string, choices: RunChoices, stored: Stored): Promise<Outcome<LoadedModel>> {
    if (this.#load && this.#isOf(id, choices) && this.#state?.kind !== 'failed') return this.#load.ended;
    this.stop();
    const load: Load = {
      id,
      ...choices,
      stop: new AbortController(),
      // A step later, so that what it tells finds this load in its place.
      ended: Promise.resolve().then(() => this.#bring(load, stored)),
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

  /** Into storage, then to the device; once more where storage turns out to have lost something. */
  async #bring(load: Load, stored: Stored): Promise<Outcome<LoadedModel>> {
    const brought = await stored.bring();
    if (brought.kind !== 'done') return brought;
    const loaded = await this.#toDevice(load);
    if (loaded.kind !== 'failed' || !isMendable(loaded.failure)) return loaded;
    const mended = await stored.mend(load.stop.signal);
    if (mended.kind !== 'done') return mended;
    return mended.value ? this.#toDevice(load) : loaded;
  }

  async #toDevice(load: Load): Promise<Outcome<LoadedModel>> {
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
