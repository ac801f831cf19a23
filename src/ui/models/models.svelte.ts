// Decides which model answers, and reports the state of the chosen model: absent, downloading, stored, loading, ready.
// The conversation awaits `ready` before each question. A model that answers keeps answering until another model is
// ready and the user switches to it.

import type { InferenceClient } from '../../client/inference-client.ts';
import type { LoadNotes } from '../../client/load-notes.ts';
import type { WeightsClient } from '../../client/weights-client.ts';
import type { LoadedModel } from '../../contract/inference.ts';
import type { KeptModel, ModelRequest } from '../../contract/weights.ts';
import type { FailureCode, FailureInfo, Outcome } from '../../failure.ts';
import { DeviceLoad, isMendable, type BackendChoice } from './device-load.svelte.ts';
import { Background } from './background.ts';
import { Choice } from './choice.svelte.ts';
import { Downloads, type Download } from './downloads.svelte.ts';
import { BUILT_IN, isLoadable, type Entry } from './entries.ts';
import { KnownModels } from './known-models.svelte.ts';
import type { ModelNews } from './model-news.ts';
import { ModelStorage } from './model-storage.ts';
import { modelSurvives } from './model-survives.ts';
import { NextModel } from './next-model.ts';
import { drawbackOf, phaseOf, type Drawback, type Phase } from './phase.ts';
import { Readiness } from './readiness.svelte.ts';
import type { Remembered } from '../kit/remembered.ts';
import { RunSettings } from './run-settings.svelte.ts';
import { Suspects } from './suspects.svelte.ts';
import { unlessAborted } from './unless-aborted.ts';

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
  readonly #choice: Choice;
  readonly #known: KnownModels;
  readonly #storage: ModelStorage;
  readonly #runSettings: RunSettings;
  readonly #next: NextModel;
  readonly #suspects: Suspects;
  readonly #load: DeviceLoad;
  readonly #readiness = new Readiness();
  #isKnown = $state(false);
  /** Settles when the list of models and the record of page deaths have been read; undefined before `start`. */
  #looking: Promise<unknown> | undefined;
  #news = $state.raw<ModelNews | undefined>();
  /** The model that was ready last in this visit; it answers again if another model fails to load. */
  #lastReadyId: string | undefined;

  constructor({ weights, inference, remembered, notes, hasWebGpu }: Parts) {
    this.#inference = inference;
    this.#choice = new Choice(remembered);
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
      isChosen: (id) => id === this.#choice.id,
      onChosenBegun: () => {
        if (this.chosen) void this.#begin(this.chosen);
      },
      onArrived: (id) => this.#arrived(id),
      onFailed: ({ name }, failure) => (this.#news = { kind: 'not-downloaded', name, failure }),
    });
    this.#runSettings = new RunSettings(remembered);
    this.#suspects = new Suspects(notes, remembered);
    this.#load = new DeviceLoad(inference, hasWebGpu);
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
    return this.#known.find(this.#choice.id);
  }

  get backend(): BackendChoice {
    return this.#runSettings.backend;
  }

  /** The chosen model, if it is the one that was loaded last; otherwise null. */
  get model(): LoadedModel | null {
    const { latest } = this.#load;
    return latest !== undefined && latest.id === this.chosen?.request.id ? latest : null;
  }

  /** Why the chosen model runs slower than it could; null if it does not. */
  get drawback(): Drawback | null {
    return drawbackOf(this.phase, this.backend);
  }

  /**
   * The progress, 0 … 1, of all that the first answer waits for: downloading the model, downloading the runtime and
   * opening the model. Null unless the chosen model is downloading or loading.
   */
  get readiness(): number | null {
    return this.#readiness.shareOf(this.phase, this.downloads.fetchedBytes(this.chosen?.request.id ?? ''));
  }

  /** Takes the download progress of the runtime that models run on. */
  hearRuntime(runtime: Parameters<Readiness['hearRuntime']>[0]): void {
    this.#readiness.hearRuntime(runtime);
  }

  /** The state of the chosen model. */
  get phase(): Phase {
    if (!this.#isKnown) return { kind: 'looking' };
    const entry = this.chosen;
    if (!entry) return { kind: 'absent' };
    if (this.#suspects.is(entry.request.id)) return { kind: 'suspect' };
    return phaseOf(
      entry,
      this.#load.stateOf(entry.request.id, this.#runSettings.choicesFor(entry.request.id)),
    );
  }

  /**
   * Reads the list of models, chooses the built-in model on a first visit, and begins to load the chosen model. If
   * `unattended`, there is no user to ask, so a smaller model replaces one that the page died with. Call it once.
   */
  async start(pageUrl: string, { unattended = false } = {}): Promise<void> {
    this.#looking = Promise.all([this.#suspects.count(), this.#known.read(pageUrl)]);
    await this.#looking;
    if (!this.chosen && this.#known.find(BUILT_IN) && (unattended || !this.#choice.lacksBuiltIn)) {
      this.#choice.chooseForNow(BUILT_IN);
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
    this.#choice.choose(id);
    if (id === BUILT_IN) this.#choice.lacksBuiltIn = false;
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
    if (!modelSurvives(failure)) this.unload();
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

  /** Handles the removal of a model from storage by the user. */
  async gone(id: string): Promise<void> {
    await this.refresh();
    if (this.#known.isLoadable(id)) return;
    if (id === BUILT_IN) this.#choice.lacksBuiltIn = true;
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
    const hasGoneBack = outcome.kind === 'failed' && this.#choice.id !== entry.request.id;
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
      this.#choice.choose(suspect.smaller.request.id);
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
    } else if (outcome.kind === 'failed' && this.#choice.id === id) {
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
    if (this.#choice.id !== id) return;
    const here = this.entries.filter(isLoadable).map(({ request }) => request.id);
    const other = here.find((each) => each === this.#lastReadyId) ?? here[0] ?? BUILT_IN;
    const isWanted = other !== BUILT_IN || !this.#choice.lacksBuiltIn;
    if (other !== id && isWanted && this.#known.find(other)) {
      this.use(other);
      return;
    }
    this.#suspects.decide();
    if (this.chosen && isWanted) return;
    this.#choice.choose(null);
  }
}

function failing(code: FailureCode, message: string): Outcome<never> {
  return { kind: 'failed', failure: { code, message } };
}
