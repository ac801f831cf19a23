// Which model answers, and where it is: offered, on its way, in storage, on the device. The conversation
// asks for `ready` before each question; everything in between happens here.

import { SvelteMap } from 'svelte/reactivity';
import type { InferenceClient } from '../client/inference-client.ts';
import type { WeightsClient } from '../client/weights-client.ts';
import type { LoadedModel } from '../contract/inference.ts';
import type { KeptModel, ModelRequest, Offer } from '../contract/weights.ts';
import type { FailureCode, FailureInfo, Outcome } from '../failure.ts';
import {
  DeviceLoad,
  isMendable,
  type BackendChoice,
  type LoadState,
  type RunChoices,
} from './device-load.svelte.ts';
import { Downloads, type Download } from './downloads.svelte.ts';
import { BUILT_IN, isLoadable, listEntries, type Entry } from './entries.ts';
import { catalogueUrl, localPackages } from './page-models.ts';
import type { Remembered } from './remembered.ts';

export type Phase =
  /** It is not known yet what there is. */
  | { kind: 'looking' }
  /** Nothing is chosen, or what is chosen is not on this device. */
  | { kind: 'absent' }
  | { kind: 'downloading'; download: Download }
  | { kind: 'paused' }
  /** In storage; the next question brings it to the device. */
  | { kind: 'stored' }
  | LoadState;

/** Failures of an answer that say nothing against the loaded model: the next question may go to it. */
const MODEL_SURVIVES: ReadonlySet<FailureCode> = new Set([
  'bad-photo',
  'empty-file',
  'heic-photo',
  'tiff-picture',
  'svg-drawing',
  'pdf-file',
  'office-file',
  'text-file',
  'not-a-picture',
  'pixels-withheld',
  'photo-too-large',
  'photo-too-narrow',
  'prompt-too-long',
  'question-too-long',
  'bad-request',
]);

interface Parts {
  weights: Pick<WeightsClient, 'list' | 'catalogue' | 'download' | 'importFiles' | 'checkUp'>;
  inference: Pick<InferenceClient, 'load' | 'unload'>;
  remembered: Remembered;
  /** Whether the browser offers it at all. */
  hasWebGpu: boolean;
}

export class Models {
  readonly downloads: Downloads;
  readonly hasWebGpu: boolean;
  readonly #weights: Parts['weights'];
  readonly #inference: Parts['inference'];
  readonly #remembered: Remembered;
  #offers = $state.raw<Offer[]>([]);
  #packages = $state.raw<ModelRequest[]>([]);
  #kept = $state.raw<KeptModel[]>([]);
  #catalogueFailure = $state.raw<FailureInfo | undefined>();
  #isKnown = $state(false);
  #chosenId = $state<string | null>(null);
  #backend = $state<BackendChoice>('auto');
  /** By model: bytes of experts that somebody wanted on the device in this visit. */
  readonly #expertBudgets = new SvelteMap<string, number | null>();
  readonly #load: DeviceLoad;
  /** Models of which an answer found a file missing or damaged: they are mended before they are loaded again. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- Nobody looks at it.
  readonly #damaged = new Set<string>();
  readonly #entries = $derived.by(() =>
    listEntries({
      offers: this.#offers,
      packages: this.#packages,
      kept: this.#kept,
      downloads: this.downloads.all,
    }),
  );

  constructor({ weights, inference, remembered, hasWebGpu }: Parts) {
    this.#weights = weights;
    this.#inference = inference;
    this.#remembered = remembered;
    this.hasWebGpu = hasWebGpu;
    this.downloads = new Downloads(weights);
    this.#load = new DeviceLoad(inference, hasWebGpu);
    this.#chosenId = remembered.get('model');
    const backend = remembered.get('backend');
    if (backend === 'webgpu' || backend === 'wasm') this.#backend = backend;
  }

  /** Everything that is offered, kept or on its way. */
  get entries(): Entry[] {
    return this.#entries;
  }

  /** Why the catalogue is not there; what is kept on the device is listed all the same. */
  get catalogueFailure(): FailureInfo | undefined {
    return this.#catalogueFailure;
  }

  get chosen(): Entry | undefined {
    return this.#entries.find((entry) => entry.request.id === this.#chosenId);
  }

  get backend(): BackendChoice {
    return this.#backend;
  }

  /** The chosen model as it was loaded last; null until it has been. */
  get model(): LoadedModel | null {
    const { latest } = this.#load;
    return latest !== undefined && latest.id === this.chosen?.request.id ? latest : null;
  }

  /** What makes the chosen model slower here than it might be. Wrong numbers are told before mere lack. */
  get drawback(): 'distrusted' | 'notInHalves' | 'onProcessor' | null {
    const { phase } = this;
    if (phase.kind !== 'ready') return null;
    const { backend, distrusted } = phase.model;
    if (distrusted !== undefined) return backend === 'wasm' ? 'distrusted' : 'notInHalves';
    return backend === 'wasm' && this.#backend !== 'wasm' ? 'onProcessor' : null;
  }

  /** Where the chosen model is. */
  get phase(): Phase {
    if (!this.#isKnown) return { kind: 'looking' };
    const entry = this.chosen;
    if (!entry) return { kind: 'absent' };
    const { download } = entry;
    if (download?.state.kind === 'running') return { kind: 'downloading', download };
    const load = this.#load.stateOf(entry.request.id, this.#choicesFor(entry));
    if (load) return load;
    if (download?.state.kind === 'failed') return { kind: 'failed', failure: download.state.failure };
    if (isLoadable(entry)) return { kind: 'stored' };
    return download || entry.kept ? { kind: 'paused' } : { kind: 'absent' };
  }

  /**
   * Finds out what there is; on a first visit chooses the built-in model, and brings what is chosen to
   * the device while people look. To be called once.
   */
  async start(pageUrl: string): Promise<void> {
    await Promise.all([this.#readCatalogue(pageUrl), this.#readPackages(pageUrl), this.refresh()]);
    if (!this.chosen && this.#entries.some((entry) => entry.request.id === BUILT_IN))
      this.#chosenId = BUILT_IN;
    this.#isKnown = true;
    const { chosen } = this;
    // A large model that is not here yet waits until somebody asks it.
    if (chosen && (isLoadable(chosen) || chosen.request.id === BUILT_IN)) void this.#begin(chosen);
  }

  /** Reads anew what is kept in storage. */
  async refresh(): Promise<void> {
    const kept = await this.#weights.list();
    if (kept.kind === 'done') this.#kept = kept.value;
  }

  /** Makes a model the one that answers, and brings it to the device: an absent one is downloaded. */
  choose(id: string): void {
    this.#chosenId = id;
    this.#remembered.set('model', id);
    if (this.chosen) void this.#begin(this.chosen);
  }

  chooseBackend(backend: BackendChoice): void {
    this.#backend = backend;
    this.#remembered.set('backend', backend === 'auto' ? null : backend);
    if (this.chosen && isLoadable(this.chosen)) void this.#begin(this.chosen);
  }

  /** Bytes of experts that a model may hold on the device, as chosen; null: as many as suit it. */
  expertBudgetOf(id: string): number | null {
    const held = this.#expertBudgets.get(id);
    if (held !== undefined) return held;
    const bytes = Number(this.#remembered.get(`experts.${id}`) ?? NaN);
    return Number.isFinite(bytes) ? bytes : null;
  }

  /** Gives the chosen model's experts more or less memory, for good; null: as much as suits the device. */
  giveExperts(bytes: number | null): void {
    const { chosen } = this;
    if (!chosen) return;
    const { id } = chosen.request;
    this.#expertBudgets.set(id, bytes);
    this.#remembered.set(`experts.${id}`, bytes === null ? null : String(bytes));
    if (isLoadable(chosen)) void this.#begin(chosen);
  }

  /** Brings a model into storage, or goes on with it, without making it the one that answers. */
  async fetch(request: ModelRequest, files?: File[]): Promise<void> {
    const ended = this.downloads.start(request, files);
    if (this.chosen?.request.id === request.id) void this.#begin(this.chosen);
    await ended;
    await this.refresh();
  }

  /** Adds a model by hand (a link, a folder) and begins to bring it here. */
  add(request: ModelRequest, files?: File[]): void {
    void this.fetch(request, files);
    this.choose(request.id);
  }

  /**
   * Settles when the chosen model is on the device, which may take a download. An abort of `signal` ends
   * the waiting alone: what is on its way goes on. Fails with 'no-model' where none is chosen.
   */
  ready(signal: AbortSignal): Promise<Outcome<LoadedModel>> {
    const entry = this.chosen;
    if (!entry) return Promise.resolve(failing('no-model', 'No model is chosen.'));
    return unlessAborted(signal, this.#begin(entry));
  }

  /** To be told when an answer failed: after what may have broken the model it is loaded anew. */
  failed(failure: FailureInfo): void {
    if (isMendable(failure) && this.#load.id !== undefined) this.#damaged.add(this.#load.id);
    if (!MODEL_SURVIVES.has(failure.code)) this.unload();
  }

  /** The next question loads the model anew. */
  unload(): void {
    this.#load.stop();
  }

  /** A model is about to go from storage: it leaves the device too. */
  async leave(id: string): Promise<void> {
    if (this.#load.id !== id) return;
    this.unload();
    await this.#inference.unload();
  }

  async #readCatalogue(pageUrl: string): Promise<void> {
    const offers = await this.#weights.catalogue(catalogueUrl(pageUrl));
    if (offers.kind === 'done') this.#offers = offers.value;
    else if (offers.kind === 'failed') this.#catalogueFailure = offers.failure;
  }

  async #readPackages(pageUrl: string): Promise<void> {
    this.#packages = await localPackages(pageUrl);
  }

  #choicesFor({ request }: Entry): RunChoices {
    return { backend: this.#backend, expertBudgetBytes: this.expertBudgetOf(request.id) };
  }

  /** The load of a model: the one under way or done, or a new one. A load of another model ends. */
  #begin(entry: Entry): Promise<Outcome<LoadedModel>> {
    const { id } = entry.request;
    return this.#load.begin(id, this.#choicesFor(entry), {
      bring: async () => {
        if (this.#damaged.delete(id)) return this.#mend(entry, new AbortController().signal);
        return isLoadable(entry) ? { kind: 'done', value: null } : this.#store(entry);
      },
      mend: (signal) => this.#mend(entry, signal),
    });
  }

  async #store({ request }: Entry): Promise<Outcome<KeptModel>> {
    const kept = await this.downloads.start(request);
    await this.refresh();
    return kept;
  }

  /** Brings again what turns out damaged; whether anything did. */
  async #mend(entry: Entry, signal: AbortSignal): Promise<Outcome<boolean>> {
    const checked = await this.#weights.checkUp(entry.request.id, () => undefined, signal);
    if (checked.kind !== 'done') return checked;
    if (checked.value.damaged.length === 0) return { kind: 'done', value: false };
    const stored = await this.#store(entry);
    return stored.kind === 'done' ? { kind: 'done', value: true } : stored;
  }
}

function unlessAborted<T>(signal: AbortSignal, job: Promise<Outcome<T>>): Promise<Outcome<T>> {
  return new Promise((resolve) => {
    const stop = (): void => resolve({ kind: 'stopped' });
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener('abort', stop, { once: true });
    void job.then((outcome) => {
      signal.removeEventListener('abort', stop);
      resolve(outcome);
    });
  });
}

function failing(code: FailureCode, message: string): Outcome<never> {
  return { kind: 'failed', failure: { code, message } };
}
