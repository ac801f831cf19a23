// Downloads that go on while a model answers: in all tabs, over a reload, until the user pauses them. What comes
// of one is for the page to decide: a model that is ready, or news of a failure.

import type { KeptModel, ModelRequest } from '../contract/weights.ts';
import type { FailureInfo, Outcome } from '../failure.ts';
import type { Downloads } from './downloads.svelte.ts';
import { isLoadable } from './entries.ts';
import type { KnownModels } from './known-models.svelte.ts';
import type { ModelStorage } from './model-storage.ts';
import type { NextModel } from './next-model.ts';

export interface BackgroundParts {
  downloads: Downloads;
  known: KnownModels;
  storage: ModelStorage;
  next: NextModel;
  isChosen: (id: string) => boolean;
  /** A download of the chosen model began: it is loaded after it. */
  onChosenBegun: () => void;
  /** A model that is not the chosen one is ready. */
  onArrived: (id: string) => void;
  /** A model that is not the chosen one did not come. */
  onFailed: (request: ModelRequest, failure: FailureInfo) => void;
}

export class Background {
  readonly #parts: BackgroundParts;

  constructor(parts: BackgroundParts) {
    this.#parts = parts;
  }

  /** Brings a model into storage, or goes on with it. `files`: it is read from these. */
  async fetch(request: ModelRequest, files?: File[]): Promise<Outcome<KeptModel>> {
    const { known, storage, next, isChosen, onChosenBegun, onArrived, onFailed } = this.#parts;
    const { id } = request;
    const isNew = !known.isLoadable(id);
    if (isNew && !isChosen(id)) next.expect(id);
    const ended = storage.bring(request, files);
    if (isChosen(id)) onChosenBegun();
    const outcome = await ended;
    if (isChosen(id)) return outcome;
    if (outcome.kind === 'done' && isNew) onArrived(id);
    if (outcome.kind === 'failed') {
      // It waits for the user, in the next visit too.
      next.forget(id);
      onFailed(request, outcome.failure);
    }
    return outcome;
  }

  /** Pauses a download, in all tabs and until the user goes on with it. */
  pause(id: string): Promise<void> {
    // First: a tab that follows would take over.
    this.#parts.next.forget(id);
    return this.#parts.downloads.pause(id);
  }

  /** Whether all tabs bring it, so that any of them can pause it. */
  isShared(id: string): boolean {
    return this.#parts.next.id === id;
  }

  /** Goes on with what another tab or an earlier visit brings, or stops where that one paused it. */
  async follow(): Promise<void> {
    const { downloads, known, next, isChosen, onArrived } = this.#parts;
    await known.refresh();
    // Whichever tab does the work: all of them bring what is noted, and no longer what is not.
    const outdated = next.reread();
    if (outdated !== null) await downloads.pause(outdated);
    const { id } = next;
    const entry = known.find(id);
    if (id === null || !entry || isChosen(id)) return;
    if (isLoadable(entry)) onArrived(id);
    else if (entry.request.source.kind !== 'files') void this.fetch(entry.request);
  }
}
