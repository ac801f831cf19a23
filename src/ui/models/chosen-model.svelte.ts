// The model that the user chose: its entry, its phase (absent, downloading, stored, loading, ready), and the facts that
// the page shows about it. Makes the first choice of a visit; models.svelte.ts makes the later ones.

import type { LoadedModel } from '../../contract/inference.ts';
import type { Choice } from './choice.svelte.ts';
import type { DeviceLoad } from './device-load.svelte.ts';
import type { Downloads } from './downloads.svelte.ts';
import { BUILT_IN, type Entry } from './entries.ts';
import type { KnownModels } from './known-models.svelte.ts';
import { phaseOf, placeOf, type Phase, type Place } from './phase.ts';
import { Readiness } from './readiness.svelte.ts';
import type { RunSettings } from './run-settings.svelte.ts';
import type { Suspects } from './suspects.svelte.ts';

interface Parts {
  choice: Choice;
  known: KnownModels;
  downloads: Downloads;
  runSettings: RunSettings;
  suspects: Suspects;
  load: DeviceLoad;
}

export class ChosenModel {
  readonly #parts: Parts;
  readonly #readiness = new Readiness();
  /** Whether the first choice of this visit has been made. */
  #isKnown = $state(false);

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * The model's entry in the library; undefined if no model is chosen, or if the library does not list the chosen one.
   */
  get entry(): Entry | undefined {
    return this.#parts.known.find(this.#parts.choice.id);
  }

  /** Whether the chosen model has this id. */
  is(id: string): boolean {
    return this.entry?.request.id === id;
  }

  get isBuiltIn(): boolean {
    return this.is(BUILT_IN);
  }

  get phase(): Phase {
    if (!this.#isKnown) return { kind: 'looking' };
    const { entry } = this;
    if (!entry) return { kind: 'absent' };
    const { id } = entry.request;
    const { suspects, load, runSettings } = this.#parts;
    if (suspects.is(id)) return { kind: 'suspect' };
    return phaseOf(entry, load.stateOf(id, runSettings.choicesFor(id)));
  }

  /** Whether the chosen model is another one than `id`, and answers or will soon answer. */
  answersBeside(id: string): boolean {
    const { entry, phase, isBuiltIn } = this;
    if (!entry || entry.request.id === id) return false;
    if (phase.kind === 'downloading') return isBuiltIn;
    return phase.kind === 'ready' || phase.kind === 'loading' || phase.kind === 'stored';
  }

  /** The facts about the loaded model, if the chosen model is the one that was loaded last; otherwise null. */
  get loaded(): LoadedModel | null {
    const { latest } = this.#parts.load;
    return latest !== undefined && this.is(latest.id) ? latest : null;
  }

  /** Where the model runs; null if it is not loaded. */
  get place(): Place | null {
    return placeOf(this.phase);
  }

  /**
   * The progress, from 0 to 1, of everything that the first answer waits for: downloading the model, downloading the
   * program that runs it, and opening the model. Null unless the model is downloading or loading.
   */
  get readiness(): number | null {
    const fetchedBytes = this.#parts.downloads.fetchedBytes(this.entry?.request.id ?? '');
    return this.#readiness.shareOf(this.phase, fetchedBytes);
  }

  /** Receives the download progress of the runtime that models on the GPU need. */
  hearRuntime(runtime: Parameters<Readiness['hearRuntime']>[0]): void {
    this.#readiness.hearRuntime(runtime);
  }

  /**
   * Chooses the built-in model on a first visit. If pages died with the chosen model, asks the user about it; if
   * `unattended`, chooses a smaller model instead. Call this when the list of models and the record of page deaths have
   * been read.
   */
  chooseFirst(unattended: boolean): void {
    const { choice, known, suspects } = this.#parts;
    if (!this.entry && known.find(BUILT_IN) && (unattended || !choice.lacksBuiltIn)) {
      choice.chooseForNow(BUILT_IN);
    }
    const suspect = this.entry && suspects.judge(this.entry, known.entries);
    if (suspect && !unattended) suspects.ask(suspect);
    else if (suspect?.smaller) choice.choose(suspect.smaller.request.id);
    this.#isKnown = true;
  }
}
