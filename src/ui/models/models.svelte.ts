// Decides which model answers, and reports the state of the chosen model: absent, downloading, stored, loading, ready.
// The conversation awaits `ready` before each question. A model that answers keeps answering until another model is
// ready and the user switches to it.

import type { InferenceClient } from '../../client/inference-client.ts';
import type { LoadNotes } from '../../client/load-notes.ts';
import type { WeightsClient } from '../../client/weights-client.ts';
import type { LoadedModel } from '../../contract/inference.ts';
import type { KeptModel, ModelRequest } from '../../contract/weights.ts';
import type { FailureCode, FailureInfo, Outcome } from '../../failure.ts';
import { DeviceLoad, isMendable, type BackendChoice, type LoadState } from './device-load.svelte.ts';
import { Background } from './background.ts';
import { Downloads, type Download } from './downloads.svelte.ts';
import { BUILT_IN, isLoadable, type Entry } from './entries.ts';
import { KnownModels } from './known-models.svelte.ts';
import type { ModelNews } from './model-news.ts';
import { ModelStorage } from './model-storage.ts';
import { NextModel } from './next-model.ts';
import type { Remembered } from '../kit/remembered.ts';
import { RunSettings } from './run-settings.svelte.ts';
import { Suspects } from './suspects.svelte.ts';
import { unlessAborted } from './unless-aborted.ts';

export type Phase =
  /** The list of models has not been read yet. */
  | { kind: 'looking' }
  /** No model is chosen, or the chosen model is not on this device. */
  | { kind: 'absent' }
  | { kind: 'downloading'; download: Download }
  | { kind: 'paused' }
  /** The model is in storage; the next question loads it. */
  | { kind: 'stored' }
  /** The page died while this model was at work: the user must agree before it is loaded again. */
  | { kind: 'suspect' }
  | LoadState;

/** Failures of an answer that leave the loaded model intact: it can take the next question. */
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

interface Progress {
  doneBytes: number;
  totalBytes: number;
}

/** Opening a model (building graphs, uploading weights) takes about this share of the time per byte that its download takes. */
const OPENING_WEIGHT = 0.1;

function shareOf(runtime: Progress, fetched: Progress, opened: Progress): number {
  const done = runtime.doneBytes + fetched.doneBytes + OPENING_WEIGHT * opened.doneBytes;
  const total = runtime.totalBytes + fetched.totalBytes + OPENING_WEIGHT * opened.totalBytes;
  return total === 0 ? 0 : done / total;
}

interface Parts {
  weights: Pick<WeightsClient, 'list' | 'catalogue' | 'download' | 'importFiles' | 'checkUp'>;
  inference: Pick<InferenceClient, 'load' | 'unload'>;
  remembered: Remembered;
  /** Records which models were at work when a page died. */
  notes: Pick<LoadNotes, 'deaths'>;
  /** Whether the browser offers WebGPU at all. */
  hasWebGpu: boolean;
}

export class Models {
  readonly downloads: Downloads;
  readonly background: Background;
  readonly hasWebGpu: boolean;
  readonly #inference: Parts['inference'];
  readonly #remembered: Remembered;
  readonly #known: KnownModels;
  readonly #storage: ModelStorage;
  readonly #runSettings: RunSettings;
  readonly #next: NextModel;
  readonly #suspects: Suspects;
  readonly #load: DeviceLoad;
  #isKnown = $state(false);
  /** Settles when the list of models and the record of page deaths have been read; undefined before `start`. */
  #looking: Promise<unknown> | undefined;
  #runtime = $state.raw<Progress>({ doneBytes: 0, totalBytes: 0 });
  #chosenId = $state<string | null>(null);
  #news = $state.raw<ModelNews | undefined>();
  /** The model that was ready last in this visit; it answers again if another model fails to load. */
  #lastReadyId: string | undefined;
  constructor({ weights, inference, remembered, notes, hasWebGpu }: Parts) {
    this.#inference = inference;
    this.#remembered = remembered;
    this.hasWebGpu = hasWebGpu;
    this.downloads = new Downloads(weights);
    this.#known = new KnownModels(weights, this.downloads);
    this.#next = new NextModel(remembered);
    this.#storage = new ModelStorage({
      weights,
      downloads: this.downloads,
      known: this.#known,
      onRefused: (id) => this.#leave(id),
    });
    this.background = new Background({
      downloads: this.downloads,
      known: this.#known,
      storage: this.#storage,
      next: this.#next,
      isChosen: (id) => id === this.#chosenId,
      onChosenBegun: () => {
        if (this.chosen) void this.#begin(this.chosen);
      },
      onArrived: (id) => this.#arrived(id),
      onFailed: ({ name }, failure) => (this.#news = { kind: 'not-downloaded', name, failure }),
    });
    this.#runSettings = new RunSettings(remembered);
    this.#suspects = new Suspects(notes, remembered);
    this.#load = new DeviceLoad(inference, hasWebGpu);
    this.#chosenId = remembered.get('model');
  }

  /** All models that are offered, stored or downloading. */
  get entries(): Entry[] {
    return this.#known.entries;
  }

  /** Why the catalogue could not be read; the stored models are listed all the same. */
  get catalogueFailure(): FailureInfo | undefined {
    return this.#known.catalogueFailure;
  }

  /** News that the user should read or decide about; undefined most of the time. */
  get news(): ModelNews | undefined {
    const { current } = this.#suspects;
    return current === undefined ? this.#news : { kind: 'suspect', ...current };
  }

  /** The download that runs while another model answers; undefined if there is none. */
  get beside(): Download | undefined {
    const { phase } = this;
    if (phase.kind === 'downloading') return undefined;
    return this.downloads.all.find(({ state }) => state.kind === 'running');
  }

  /** Whether no model is loaded until the user has decided about the one with which the page died. */
  get awaitsUser(): boolean {
    return this.#suspects.current !== undefined;
  }

  get chosen(): Entry | undefined {
    return this.#known.find(this.#chosenId);
  }

  get backend(): BackendChoice {
    return this.#runSettings.backend;
  }

  /** The chosen model, if it is the one that was loaded last; otherwise null. */
  get model(): LoadedModel | null {
    const { latest } = this.#load;
    return latest !== undefined && latest.id === this.chosen?.request.id ? latest : null;
  }

  /**
   * Why the chosen model runs slower than it could; null if it does not. Wrong numbers from the GPU are reported in
   * preference to a missing GPU.
   */
  get drawback(): 'distrusted' | 'notInHalves' | 'onProcessor' | null {
    const { phase } = this;
    if (phase.kind !== 'ready') return null;
    const { backend, distrusted } = phase.model;
    if (distrusted !== undefined) return backend === 'wasm' ? 'distrusted' : 'notInHalves';
    return backend === 'wasm' && this.backend !== 'wasm' ? 'onProcessor' : null;
  }

  /**
   * The progress, 0 … 1, of all that the first answer waits for: downloading the model, downloading the runtime and
   * opening the model. Null unless the chosen model is downloading or loading.
   */
  get readiness(): number | null {
    const { phase } = this;
    const fetched = this.downloads.fetchedBytes(this.chosen?.request.id ?? '');
    const runtime = this.#runtime;
    if (phase.kind === 'downloading') {
      const { progress } = phase.download;
      const { doneBytes, totalBytes } = progress ?? { doneBytes: 0, totalBytes: 0 };
      return shareOf(runtime, { doneBytes, totalBytes }, { doneBytes: 0, totalBytes });
    }
    if (phase.kind !== 'loading') return null;
    // Until the worker reports how many bytes it opens, assume the number of bytes that were fetched.
    const opened = { doneBytes: phase.doneBytes, totalBytes: phase.totalBytes || fetched };
    return shareOf(runtime, { doneBytes: fetched, totalBytes: fetched }, opened);
  }

  /** Takes the download progress of the runtime that models run on. */
  hearRuntime(runtime: Progress): void {
    this.#runtime = runtime;
  }

  /** The state of the chosen model. */
  get phase(): Phase {
    if (!this.#isKnown) return { kind: 'looking' };
    const entry = this.chosen;
    if (!entry) return { kind: 'absent' };
    if (this.#suspects.is(entry.request.id)) return { kind: 'suspect' };
    const { download } = entry;
    const load = this.#load.stateOf(entry.request.id, this.#runSettings.choicesFor(entry.request.id));
    // While an update downloads, the loaded version keeps answering, so the state of that version counts.
    if (download?.state.kind === 'running' && !(load && isLoadable(entry))) {
      return { kind: 'downloading', download };
    }
    if (load) return load;
    if (download?.state.kind === 'failed') return { kind: 'failed', failure: download.state.failure };
    if (isLoadable(entry)) return { kind: 'stored' };
    return download || entry.kept ? { kind: 'paused' } : { kind: 'absent' };
  }

  /**
   * Reads the list of models, chooses the built-in model on a first visit, and begins to load the chosen model. If
   * `unattended`, there is no user to ask, so a smaller model replaces one that the page died with. Call it once.
   */
  async start(pageUrl: string, { unattended = false } = {}): Promise<void> {
    this.#looking = Promise.all([this.#suspects.count(), this.#known.read(pageUrl)]);
    await this.#looking;
    if (!this.chosen && this.#known.find(BUILT_IN) && (unattended || !this.#lacksBuiltIn)) {
      this.#chosenId = BUILT_IN;
    }
    this.#considerSuspects(unattended);
    this.#isKnown = true;
    const { chosen } = this;
    // A model that is not stored, other than the built-in one, is downloaded only when the user asks a question.
    const isWanted = chosen !== undefined && (isLoadable(chosen) || chosen.request.id === BUILT_IN);
    if (isWanted && !this.#suspects.is(chosen.request.id)) void this.#begin(chosen);
    await this.background.follow();
  }

  /** Reads the list of stored models again. */
  refresh(): Promise<void> {
    return this.#known.refresh();
  }

  /**
   * Switches to a model and loads it. If the model is not stored and another model answers, the new model is downloaded
   * first, and the other one keeps answering until the user switches.
   */
  choose(id: string): void {
    const entry = this.#known.find(id);
    if (entry && !isLoadable(entry) && this.#answers(id)) void this.background.fetch(entry.request);
    else this.use(id);
  }

  /** Switches to a model at once and loads it; the model that answered before is unloaded. */
  use(id: string): void {
    this.#chosenId = id;
    this.#remembered.set('model', id);
    if (id === BUILT_IN) this.#remembered.set('built-in', null);
    this.#next.forget(id);
    this.#news = undefined;
    if (this.chosen) void this.#begin(this.chosen);
    this.#suspects.decide();
  }

  /** Dismisses the news. News about a suspect stays until the user decides about that model. */
  dismissNews(): void {
    if (this.#news?.kind === 'arrived') this.#next.forget(this.#news.entry.request.id);
    this.#news = undefined;
  }

  chooseBackend(backend: BackendChoice): void {
    this.#runSettings.chooseBackend(backend);
    this.#loadAnew();
  }

  /** The chosen memory budget for a model's experts, in bytes; null means as much as suits the device. */
  expertBudgetOf(id: string): number | null {
    return this.#runSettings.expertBudgetOf(id);
  }

  /**
   * Sets the memory budget for the chosen model's experts, remembers it and loads the model again; null means as much
   * as suits the device.
   */
  giveExperts(bytes: number | null): void {
    if (!this.chosen) return;
    this.#runSettings.chooseExpertBudget(this.chosen.request.id, bytes);
    this.#loadAnew();
  }

  /** Adds a model that the user names (a link, a folder) and stores it; `files` are read instead of the link. */
  async add(request: ModelRequest, files?: File[]): Promise<Outcome<KeptModel>> {
    if (this.#known.isLoadable(request.id)) {
      this.choose(request.id);
    } else if (!this.#answers(request.id)) {
      const ended = this.background.fetch(request, files);
      this.use(request.id);
      return ended;
    }
    return this.background.fetch(request, files);
  }

  /**
   * Settles when the chosen model is loaded. That may take a download or, if the page died with this model, the user's
   * consent. Aborting `signal` ends only the wait; downloads and loads go on. Fails with 'no-model' if no model is
   * chosen.
   */
  ready(signal: AbortSignal): Promise<Outcome<LoadedModel>> {
    return unlessAborted(signal, this.#ready());
  }

  /**
   * Handles the failure of an answer of the model `id`. If the failure may have broken the model, the next question
   * loads it again. Ignored if another model has taken its place: an answer that hung may fail that late.
   */
  failed(failure: FailureInfo, id: string): void {
    if (this.#load.id !== id) return;
    if (isMendable(failure)) this.#storage.noteDamage(id);
    if (!MODEL_SURVIVES.has(failure.code)) this.unload();
  }

  /** Ends a load under way and gives up the loaded model; the next question loads it again. */
  unload(): void {
    this.#load.stop();
  }

  /** Unloads a model that is about to be removed from storage. */
  async leave(id: string): Promise<void> {
    if (this.#load.id !== id) return;
    this.unload();
    await this.#inference.unload();
  }

  /** Whether the user removed the model that comes with the page; it is then not fetched until they choose it. */
  get #lacksBuiltIn(): boolean {
    return this.#remembered.get('built-in') === 'removed';
  }

  /** Handles the removal of a model from storage by the user. */
  async gone(id: string): Promise<void> {
    await this.refresh();
    if (this.#known.isLoadable(id)) return;
    if (id === BUILT_IN) this.#remembered.set('built-in', 'removed');
    this.#leave(id);
  }

  async #ready(): Promise<Outcome<LoadedModel>> {
    // A question may arrive before the list of models has been read.
    if (!this.#isKnown) await this.#looking;
    await this.#suspects.decision();
    const entry = this.chosen;
    if (!entry) return failing('no-model', 'No model is chosen.');
    const outcome = await this.#begin(entry);
    // If the model did not load, `#begin` may have gone back to the model before it.
    const hasGoneBack = outcome.kind === 'failed' && this.#chosenId !== entry.request.id;
    return hasGoneBack ? this.#ready() : outcome;
  }

  /** Whether a model other than `id` answers, or will soon. */
  #answers(id: string): boolean {
    const { chosen, phase } = this;
    if (!chosen || chosen.request.id === id) return false;
    if (phase.kind === 'downloading') return chosen.request.id === BUILT_IN;
    return phase.kind === 'ready' || phase.kind === 'loading' || phase.kind === 'stored';
  }

  /** Handles a model that was stored while another model was chosen. */
  #arrived(id: string): void {
    const entry = this.#known.find(id);
    if (!entry || !isLoadable(entry)) return;
    if (this.#answers(id)) this.#news = { kind: 'arrived', entry };
    else this.use(id);
  }

  /** If pages died with the chosen model, asks the user about it or, if `unattended`, chooses a smaller one. */
  #considerSuspects(unattended: boolean): void {
    const { chosen } = this;
    const suspect = chosen && this.#suspects.judge(chosen, this.entries);
    if (!suspect) return;
    if (!unattended) {
      this.#suspects.ask(suspect);
    } else if (suspect.smaller) {
      this.#chosenId = suspect.smaller.request.id;
      this.#remembered.set('model', this.#chosenId);
    }
  }

  /** Loads the chosen model again with the new settings. For a suspect, changing them counts as consent. */
  #loadAnew(): void {
    const { chosen } = this;
    if (!chosen || !isLoadable(chosen)) return;
    this.#suspects.decide();
    void this.#begin(chosen);
  }

  /** Loads a model, or joins its load if that is under way or done. A load of another model ends. */
  async #begin(entry: Entry): Promise<Outcome<LoadedModel>> {
    const { id, name } = entry.request;
    const choices = this.#runSettings.choicesFor(id);
    const outcome = await this.#load.begin(id, choices, this.#storage.placeOf(entry));
    if (outcome.kind === 'done') {
      this.#lastReadyId = id;
      this.#suspects.clear(id);
    } else if (outcome.kind === 'failed' && this.#chosenId === id) {
      const last = this.#lastReadyId;
      if (last === undefined || last === id || !this.#known.isLoadable(last)) return outcome;
      this.use(last);
      this.#news = { kind: 'not-loaded', name, failure: outcome.failure };
    }
    return outcome;
  }

  /** Handles a model that is gone: if it was chosen, another model on this device takes its place. */
  #leave(id: string): void {
    this.#next.forget(id);
    if (this.#news?.kind === 'arrived' && this.#news.entry.request.id === id) this.#news = undefined;
    if (this.#chosenId !== id) return;
    const here = this.entries.filter(isLoadable).map(({ request }) => request.id);
    const other = here.find((each) => each === this.#lastReadyId) ?? here[0] ?? BUILT_IN;
    const isWanted = other !== BUILT_IN || !this.#lacksBuiltIn;
    if (other !== id && isWanted && this.#known.find(other)) {
      this.use(other);
      return;
    }
    this.#suspects.decide();
    if (this.chosen && isWanted) return;
    this.#chosenId = null;
    this.#remembered.set('model', null);
  }
}

function failing(code: FailureCode, message: string): Outcome<never> {
  return { kind: 'failed', failure: { code, message } };
}
