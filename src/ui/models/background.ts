// Downloads that run while another model answers: in all tabs, across reloads, until the user pauses them. Reports a
// model that is ready, or a failure, to the page, which decides what to do.

import type { KeptModel, ModelRequest } from '../../contract/weights.ts';
import type { FailureInfo, Outcome } from '../../failure.ts';
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
  /** A download of the chosen model began; the page loads the model after it. */
  onChosenBegun: () => void;
  /** A model that is not the chosen one is in storage. */
  onArrived: (id: string) => void;
  /** The download of a model that is not the chosen one failed. */
  onFailed: (request: ModelRequest, failure: FailureInfo) => void;
}

export class Background {
  readonly #parts: BackgroundParts;

  constructor(parts: BackgroundParts) {
    this.#parts = parts;
  }

  /** Downloads a model, or continues its download. If `files` is given, imports those instead. */
  async fetch(request: ModelRequest, files?: File[]): Promise<Outcome<KeptModel>> {
    const { known, storage, next, isChosen, onChosenBegun, onArrived, onFailed } = this.#parts;
    const { id } = request;
    const isNew = !known.isLoadable(id);
    if (isNew && !isChosen(id)) next.expect(id);
    const ended = storage.fetch(request, files);
    if (isChosen(id)) onChosenBegun();
    const outcome = await ended;
    if (isChosen(id)) return outcome;
    if (outcome.kind === 'done' && isNew) onArrived(id);
    if (outcome.kind === 'failed') {
      // The download waits until the user continues it, in the next visit too.
      next.forget(id);
      onFailed(request, outcome.failure);
    }
    return outcome;
  }

  /** Pauses a download in all tabs until the user continues it. */
  pause(id: string): Promise<void> {
    // Remove the note first: otherwise a tab that follows the download would take it over.
    this.#parts.next.forget(id);
    return this.#parts.downloads.pause(id);
  }

  /** Whether all tabs share this download, so that any of them can pause it. */
  isShared(id: string): boolean {
    return this.#parts.next.id === id;
  }

  /** Joins the download that another tab or an earlier visit began, or stops the one that another tab paused. */
  async follow(): Promise<void> {
    const { downloads, known, next, isChosen, onArrived } = this.#parts;
    await known.refresh();
    // Any tab may run the download: all tabs follow the noted model, and stop a download that is no longer noted.
    const outdated = next.reread();
    if (outdated !== null) await downloads.pause(outdated);
    const { id } = next;
    const entry = known.find(id);
    if (id === null || !entry || isChosen(id)) return;
    if (isLoadable(entry)) onArrived(id);
    else if (entry.request.source.kind !== 'files') void this.fetch(entry.request);
  }
}
