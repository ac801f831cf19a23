// Decides which model answers: the one that the user chose. If that one fails to load, the model that was ready before
// answers again; if it is removed, another one replaces it. The conversation awaits `ready` before each question. A
// model that answers keeps answering until another model is ready and the user switches to it.

import type { InferenceClient } from '../../client/inference-client.ts';
import type { LoadNotes } from '../../client/load-notes.ts';
import type { WeightsClient } from '../../client/weights-client.ts';
import type { Backend, LoadedModel } from '../../contract/inference.ts';
import type { KeptModel, ModelRequest } from '../../contract/weights.ts';
import type { FailureInfo, Outcome } from '../../failure.ts';
import type { Remembered } from '../kit/remembered.ts';
import { Background } from './background.ts';
import { Choice } from './choice.svelte.ts';
import { ChosenModel } from './chosen-model.svelte.ts';
import { DeviceLoad, isMendable, type Loader } from './device-load.svelte.ts';
import { Downloads } from './downloads.svelte.ts';
import { BUILT_IN, isLoadable, type Entry } from './entries.ts';
import { backendsFor } from './first-answer.ts';
import { KnownModels } from './known-models.svelte.ts';
import { ModelStorage } from './model-storage.ts';
import { modelSurvives } from './model-survives.ts';
import { News } from './news.svelte.ts';
import { NextModel } from './next-model.ts';
import { RunSettings } from './run-settings.svelte.ts';
import { Suspects } from './suspects.svelte.ts';
import { unlessAborted } from './unless-aborted.ts';

interface Parts {
  weights: Pick<WeightsClient, 'list' | 'catalogue' | 'download' | 'importFiles' | 'checkUp'>;
  inference: Loader & Pick<InferenceClient, 'unload'>;
  remembered: Remembered;
  /** Records which models were at work when a page died. */
  notes: Pick<LoadNotes, 'deaths'>;
  /** Whether the browser offers WebGPU at all. */
  hasWebGpu: boolean;
}

export class Models {
  readonly chosen: ChosenModel;
  readonly known: KnownModels;
  readonly downloads: Downloads;
  readonly background: Background;
  readonly runSettings: RunSettings;
  readonly news: News;
  readonly hasWebGpu: boolean;
  readonly #inference: Parts['inference'];
  readonly #choice: Choice;
  readonly #storage: ModelStorage;
  readonly #next: NextModel;
  readonly #suspects: Suspects;
  readonly #load: DeviceLoad;
  /** Settles when the list of models and the record of page deaths have been read; undefined before `start`. */
  #looking: Promise<unknown> | undefined;
  /** The model that was ready last in this visit; it answers again if another model fails to load. */
  #lastReadyId: string | undefined;

  constructor({ weights, inference, remembered, notes, hasWebGpu }: Parts) {
    this.hasWebGpu = hasWebGpu;
    this.#inference = inference;
    const choice = (this.#choice = new Choice(remembered));
    const downloads = (this.downloads = new Downloads(weights));
    const known = (this.known = new KnownModels(weights, downloads));
    const next = (this.#next = new NextModel(remembered));
    const suspects = (this.#suspects = new Suspects(notes, remembered));
    const load = (this.#load = new DeviceLoad(inference, hasWebGpu));
    const runSettings = (this.runSettings = new RunSettings(remembered, () => this.#loadAnew()));
    this.news = new News(suspects, next);
    this.chosen = new ChosenModel({ choice, known, downloads, runSettings, suspects, load });
    const storage = { weights, downloads, known, onRefused: (id: string) => this.#leave(id) };
    this.#storage = new ModelStorage(storage);
    this.background = new Background({
      ...{ choice, chosen: this.chosen, known, downloads, storage: this.#storage, next, news: this.news },
      use: (id) => this.use(id),
      begin: () => this.#beginChosen(),
    });
  }

  /** The backends that the first load of this visit tries, in this order. */
  get firstBackends(): Backend[] {
    return backendsFor(this.#choice.id ?? BUILT_IN, this.runSettings.backend, this.hasWebGpu);
  }

  /** Whether loading waits until the user has decided about the model with which the page died. */
  get awaitsUser(): boolean {
    return this.#suspects.current !== undefined;
  }

  /** Whether loading waits until the processor has computed the model's self-test. */
  get isJudging(): boolean {
    const { phase } = this.chosen;
    return phase.kind === 'loading' && phase.isJudging;
  }

  skipJudging(): void {
    this.#load.skipJudging();
  }

  /**
   * Reads the list of models, chooses the built-in model on a first visit, and begins to load the chosen model. If
   * `unattended`, there is no user to ask, so a smaller model replaces one with which the page died. Call it once.
   */
  async start(pageUrl: string, { unattended = false } = {}): Promise<void> {
    this.#looking = Promise.all([this.#suspects.count(), this.known.read(pageUrl)]);
    await this.#looking;
    this.chosen.chooseFirst(unattended);
    const { entry, isBuiltIn } = this.chosen;
    // A model that is not stored, other than the built-in one, is downloaded only when the user asks a question.
    const isWanted = entry !== undefined && (isLoadable(entry) || isBuiltIn);
    if (isWanted && !this.#suspects.is(entry.request.id)) this.#beginChosen();
    await this.background.follow();
  }

  /**
   * Switches to a model and loads it. If the model is not stored and another model answers, the new model is downloaded
   * first, and the other one keeps answering until the user switches.
   */
  choose(id: string): void {
    const entry = this.known.find(id);
    if (entry && !isLoadable(entry) && this.chosen.answersBeside(id))
      void this.background.fetch(entry.request);
    else this.use(id);
  }

  /** Switches to a model at once and loads it; the model that answered before is unloaded. */
  use(id: string): void {
    this.#choice.choose(id);
    if (id === BUILT_IN) this.#choice.lacksBuiltIn = false;
    this.#next.forget(id);
    this.news.clear();
    this.#beginChosen();
    this.#suspects.decide();
  }

  /** Adds a model that the user names (a link, a folder) and stores it; `files` are read instead of the link. */
  async add(request: ModelRequest, files?: File[]): Promise<Outcome<KeptModel>> {
    if (this.known.isLoadable(request.id)) {
      this.choose(request.id);
    } else if (!this.chosen.answersBeside(request.id)) {
      const ended = this.background.fetch(request, files);
      this.use(request.id);
      return ended;
    }
    return this.background.fetch(request, files);
  }

  /**
   * Settles when the chosen model is loaded. That may take a download or, if the page died with this model, the user's
   * consent. Aborting `signal` ends only the wait; downloads and loads continue. Fails with 'no-model' if no model is
   * chosen.
   */
  ready(signal: AbortSignal): Promise<Outcome<LoadedModel>> {
    return unlessAborted(signal, this.#ready());
  }

  /** Handles the end of an answer of the model `id`, which may run on another device from then on. */
  answered(id: string): void {
    void this.#load.answered(id);
  }

  /**
   * Handles the failure of an answer of the model `id`. If the failure may have broken the model, the next question
   * loads it again. Ignored if another model has replaced it, because an answer that hung may fail that late.
   */
  failed(failure: FailureInfo, id: string): void {
    if (this.#load.id !== id) return;
    if (isMendable(failure)) this.#storage.noteDamage(id);
    if (!modelSurvives(failure)) this.unload();
  }

  /** Ends the current load and drops the loaded model; the next question loads it again. */
  unload(): void {
    this.#load.stop();
  }

  /** Unloads a model that is about to be removed from storage. */
  async leave(id: string): Promise<void> {
    if (this.#load.id !== id) return;
    this.unload();
    await this.#inference.unload();
  }

  /** Handles a model that the user has removed from storage. */
  async gone(id: string): Promise<void> {
    await this.known.refresh();
    if (this.known.isLoadable(id)) return;
    if (id === BUILT_IN) this.#choice.lacksBuiltIn = true;
    this.#leave(id);
  }

  async #ready(): Promise<Outcome<LoadedModel>> {
    // A question may arrive before the list of models has been read.
    if (this.chosen.phase.kind === 'looking') await this.#looking;
    await this.#suspects.decision();
    const { entry } = this.chosen;
    if (!entry) return { kind: 'failed', failure: { code: 'no-model', message: 'No model is chosen.' } };
    const outcome = await this.#begin(entry);
    // If the model did not load, `#begin` may have returned to the previous model.
    const hasGoneBack = outcome.kind === 'failed' && this.#choice.id !== entry.request.id;
    return hasGoneBack ? this.#ready() : outcome;
  }

  /** Loads the chosen model again with the new settings. For a suspect, changing them counts as consent. */
  #loadAnew(): void {
    const { entry } = this.chosen;
    if (!entry || !isLoadable(entry)) return;
    this.#suspects.decide();
    void this.#begin(entry);
  }

  #beginChosen(): void {
    const { entry } = this.chosen;
    if (entry) void this.#begin(entry);
  }

  /** Loads a model, or joins its load if that has begun or ended. The load of any other model ends. */
  async #begin(entry: Entry): Promise<Outcome<LoadedModel>> {
    const { id, name } = entry.request;
    const choices = this.runSettings.choicesFor(id);
    const outcome = await this.#load.begin(id, choices, this.#storage.placeOf(entry));
    if (outcome.kind === 'done') {
      this.#lastReadyId = id;
      this.#suspects.clear(id);
    } else if (outcome.kind === 'failed' && this.#choice.id === id) {
      const last = this.#lastReadyId;
      if (last === undefined || last === id || !this.known.isLoadable(last)) return outcome;
      this.use(last);
      this.news.report({ kind: 'not-loaded', name, failure: outcome.failure });
    }
    return outcome;
  }

  /** Handles a model that is gone. If it was the chosen one, another model on this device replaces it. */
  #leave(id: string): void {
    this.#next.forget(id);
    this.news.forget(id);
    if (this.#choice.id !== id) return;
    const here = this.known.entries.filter(isLoadable).map(({ request }) => request.id);
    const other = here.find((each) => each === this.#lastReadyId) ?? here[0] ?? BUILT_IN;
    const isWanted = other !== BUILT_IN || !this.#choice.lacksBuiltIn;
    if (other !== id && isWanted && this.known.find(other)) {
      this.use(other);
      return;
    }
    this.#suspects.decide();
    if (this.chosen.entry && isWanted) return;
    this.#choice.choose(null);
  }
}
