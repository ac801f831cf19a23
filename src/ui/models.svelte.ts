// Which model answers, and where it is: offered, on its way, in storage, on the device. The conversation
// asks for `ready` before each question; everything in between happens here. A model that answers goes on
// answering until another one is ready and the user takes that.

import type { InferenceClient } from '../client/inference-client.ts';
import type { LoadNotes } from '../client/load-notes.ts';
import type { WeightsClient } from '../client/weights-client.ts';
import type { LoadedModel } from '../contract/inference.ts';
import type { KeptModel, ModelRequest } from '../contract/weights.ts';
import type { FailureCode, FailureInfo, Outcome } from '../failure.ts';
import { DeviceLoad, isMendable, type BackendChoice, type LoadState } from './device-load.svelte.ts';
import { Background } from './background.ts';
import { Downloads, type Download } from './downloads.svelte.ts';
import { BUILT_IN, isLoadable, type Entry } from './entries.ts';
import { KnownModels } from './known-models.svelte.ts';
import type { ModelNews } from './model-news.ts';
import { ModelStorage } from './model-storage.ts';
import { NextModel } from './next-model.ts';
import type { Remembered } from './remembered.ts';
import { RunSettings } from './run-settings.svelte.ts';
import { Suspects } from './suspects.svelte.ts';
import { unlessAborted } from './unless-aborted.ts';

export type Phase =
  /** It is not known yet what there is. */
  | { kind: 'looking' }
  /** Nothing is chosen, or what is chosen is not on this device. */
  | { kind: 'absent' }
  | { kind: 'downloading'; download: Download }
  | { kind: 'paused' }
  /** In storage; the next question brings it to the device. */
  | { kind: 'stored' }
  /** The page died while it was at work: the user is asked before it is loaded again. */
  | { kind: 'suspect' }
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

interface Progress {
  doneBytes: number;
  totalBytes: number;
}

/** To open a byte of a model takes so much of the time that it takes to fetch one, roughly. */
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
  /** Which models were at work when a page died. */
  notes: Pick<LoadNotes, 'deaths'>;
  /** Whether the browser offers it at all. */
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
  /** Settles when it is known what there is; undefined before the start. */
  #looking: Promise<unknown> | undefined;
  #runtime = $state.raw<Progress>({ doneBytes: 0, totalBytes: 0 });
  #chosenId = $state<string | null>(null);
  #news = $state.raw<ModelNews | undefined>();
  /** The model that was ready last in this visit: it answers again where another one does not load. */
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

  /** Everything that is offered, kept or on its way. */
  get entries(): Entry[] {
    return this.#known.entries;
  }

  /** Why the catalogue is not there; what is kept on the device is listed all the same. */
  get catalogueFailure(): FailureInfo | undefined {
    return this.#known.catalogueFailure;
  }

  /** What the user should know or decide; undefined most of the time. */
  get news(): ModelNews | undefined {
    const { current } = this.#suspects;
    return current === undefined ? this.#news : { kind: 'suspect', ...current };
  }

  /** The download that goes on while another model answers; undefined where there is none. */
  get beside(): Download | undefined {
    const { phase } = this;
    if (phase.kind === 'downloading') return undefined;
    return this.downloads.all.find(({ state }) => state.kind === 'running');
  }

  get chosen(): Entry | undefined {
    return this.#known.find(this.#chosenId);
  }

  get backend(): BackendChoice {
    return this.#runSettings.backend;
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
    return backend === 'wasm' && this.backend !== 'wasm' ? 'onProcessor' : null;
  }

  /**
   * How much of what the first answer waits for is done, 0 … 1: the model's download, the runtime, the opening of
   * the model. Null while the chosen model is not on its way to the device.
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
    // Until the worker says how much it opens, it is what was fetched.
    const opened = { doneBytes: phase.doneBytes, totalBytes: phase.totalBytes || fetched };
    return shareOf(runtime, { doneBytes: fetched, totalBytes: fetched }, opened);
  }

  /** To be told how far the runtime is that models run on. */
  hearRuntime(runtime: Progress): void {
    this.#runtime = runtime;
  }

  /** Where the chosen model is. */
  get phase(): Phase {
    if (!this.#isKnown) return { kind: 'looking' };
    const entry = this.chosen;
    if (!entry) return { kind: 'absent' };
    if (this.#suspects.is(entry.request.id)) return { kind: 'suspect' };
    const { download } = entry;
    const load = this.#load.stateOf(entry.request.id, this.#runSettings.choicesFor(entry.request.id));
    // A newer version comes beside the one that answers.
    if (download?.state.kind === 'running' && !(load && isLoadable(entry))) {
      return { kind: 'downloading', download };
    }
    if (load) return load;
    if (download?.state.kind === 'failed') return { kind: 'failed', failure: download.state.failure };
    if (isLoadable(entry)) return { kind: 'stored' };
    return download || entry.kept ? { kind: 'paused' } : { kind: 'absent' };
  }

  /**
   * Finds out what there is; on a first visit chooses the built-in model, and brings what is chosen to
   * the device while people look. `unattended`: nobody can be asked, so a smaller model takes the place of one
   * that the page died with. To be called once.
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
    // A large model that is not here yet waits until the user asks it.
    const isWanted = chosen !== undefined && (isLoadable(chosen) || chosen.request.id === BUILT_IN);
    if (isWanted && !this.#suspects.is(chosen.request.id)) void this.#begin(chosen);
    await this.background.follow();
  }

  /** Reads anew what is kept in storage. */
  refresh(): Promise<void> {
    return this.#known.refresh();
  }

  /**
   * Makes a model the one that answers, and brings it to the device. One that is not here is downloaded; while
   * another one answers, that goes on answering until the user takes the new one.
   */
  choose(id: string): void {
    const entry = this.#known.find(id);
    if (entry && !isLoadable(entry) && this.#answers(id)) void this.background.fetch(entry.request);
    else this.use(id);
  }

  /** Makes a model the one that answers, at once: whatever answered before leaves the device. */
  use(id: string): void {
    this.#chosenId = id;
    this.#remembered.set('model', id);
    if (id === BUILT_IN) this.#remembered.set('built-in', null);
    this.#next.forget(id);
    this.#news = undefined;
    if (this.chosen) void this.#begin(this.chosen);
    this.#suspects.decide();
  }

  /** The user has read the news, or puts them aside. A suspect stays unloaded until it is asked. */
  dismissNews(): void {
    if (this.#news?.kind === 'arrived') this.#next.forget(this.#news.entry.request.id);
    this.#news = undefined;
  }

  chooseBackend(backend: BackendChoice): void {
    this.#runSettings.chooseBackend(backend);
    this.#loadAnew();
  }

  /** Bytes of experts that a model may hold on the device, as chosen; null: as many as suit it. */
  expertBudgetOf(id: string): number | null {
    return this.#runSettings.expertBudgetOf(id);
  }

  /** Gives the chosen model's experts more or less memory, for good; null: as much as suits the device. */
  giveExperts(bytes: number | null): void {
    if (!this.chosen) return;
    this.#runSettings.chooseExpertBudget(this.chosen.request.id, bytes);
    this.#loadAnew();
  }

  /** Adds a model by hand (a link, a folder) and brings it here. */
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
   * Settles when the chosen model is on the device, which may take a download, or the user's word where the
   * page died with it. An abort of `signal` ends the waiting alone: what is on its way goes on. Fails with
   * 'no-model' where none is chosen.
   */
  ready(signal: AbortSignal): Promise<Outcome<LoadedModel>> {
    return unlessAborted(signal, this.#ready());
  }

  /**
   * To be told when an answer of the model `id` failed: after what may have broken the model it is loaded anew. One that
   * hung may fail when another is on its way already, which has nothing to do with it.
   */
  failed(failure: FailureInfo, id: string): void {
    if (this.#load.id !== id) return;
    if (isMendable(failure)) this.#storage.noteDamage(id);
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

  /** The user has removed the model that comes with the page: it is not fetched again before they choose it. */
  get #lacksBuiltIn(): boolean {
    return this.#remembered.get('built-in') === 'removed';
  }

  /** The user has removed a model from storage. */
  async gone(id: string): Promise<void> {
    await this.refresh();
    if (this.#known.isLoadable(id)) return;
    if (id === BUILT_IN) this.#remembered.set('built-in', 'removed');
    this.#leave(id);
  }

  async #ready(): Promise<Outcome<LoadedModel>> {
    // A question may come before it is known what there is.
    if (!this.#isKnown) await this.#looking;
    await this.#suspects.decision();
    const entry = this.chosen;
    if (!entry) return failing('no-model', 'No model is chosen.');
    const outcome = await this.#begin(entry);
    // Where it did not load, the model before it may answer again.
    const hasGoneBack = outcome.kind === 'failed' && this.#chosenId !== entry.request.id;
    return hasGoneBack ? this.#ready() : outcome;
  }

  /** Whether a model other than `id` answers, or will in a moment. */
  #answers(id: string): boolean {
    const { chosen, phase } = this;
    if (!chosen || chosen.request.id === id) return false;
    if (phase.kind === 'downloading') return chosen.request.id === BUILT_IN;
    return phase.kind === 'ready' || phase.kind === 'loading' || phase.kind === 'stored';
  }

  /** A model has come into storage while another one was chosen. */
  #arrived(id: string): void {
    const entry = this.#known.find(id);
    if (!entry || !isLoadable(entry)) return;
    if (this.#answers(id)) this.#news = { kind: 'arrived', entry };
    else this.use(id);
  }

  /** Asks about the chosen model where pages died with it, or takes a smaller one where nobody can be asked. */
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

  /** Runs the chosen model in another way; a suspect may need just that. */
  #loadAnew(): void {
    const { chosen } = this;
    if (!chosen || !isLoadable(chosen)) return;
    this.#suspects.decide();
    void this.#begin(chosen);
  }

  /** The load of a model: the one under way or done, or a new one. A load of another model ends. */
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

  /** A model is gone: another one on this device takes its place where it was chosen. */
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
