// Manages downloads that run while another model answers. They continue in all tabs and across reloads until the user
// pauses them. A downloaded model becomes news, or answers at once if no other model does.

import type { KeptModel, ModelRequest } from '../../contract/weights.ts';
import type { Outcome } from '../../failure.ts';
import type { Choice } from './choice.svelte.ts';
import type { ChosenModel } from './chosen-model.svelte.ts';
import type { Download, Downloads } from './downloads.svelte.ts';
import { isLoadable } from './entries.ts';
import type { KnownModels } from './known-models.svelte.ts';
import type { ModelStorage } from './model-storage.ts';
import type { News } from './news.svelte.ts';
import type { NextModel } from './next-model.ts';

interface Parts {
  choice: Choice;
  chosen: ChosenModel;
  known: KnownModels;
  downloads: Downloads;
  storage: ModelStorage;
  next: NextModel;
  news: News;
  /** Switches to a model and loads it. */
  use: (id: string) => void;
  /** Loads the chosen model, whose download has begun. */
  begin: () => void;
}

export class Background {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The download that runs while another model answers; undefined if there is none. */
  get current(): Download | undefined {
    const { chosen, downloads } = this.#parts;
    if (chosen.phase.kind === 'downloading') return undefined;
    return downloads.all.find(({ state }) => state.kind === 'running');
  }

  /** Downloads a model, or continues its download. If `files` is given, imports those instead. */
  async fetch(request: ModelRequest, files?: File[]): Promise<Outcome<KeptModel>> {
    const { choice, known, storage, next, news, begin } = this.#parts;
    const { id } = request;
    const isChosen = (): boolean => choice.id === id;
    const isNew = !known.isLoadable(id);
    if (isNew && !isChosen()) next.expect(id);
    const ended = storage.fetch(request, files);
    if (isChosen()) begin();
    const outcome = await ended;
    if (isChosen()) return outcome;
    if (outcome.kind === 'done' && isNew) this.#arrived(id);
    if (outcome.kind === 'failed') {
      // The download waits until the user continues it, even in the next visit.
      next.forget(id);
      news.report({ kind: 'not-downloaded', name: request.name, failure: outcome.failure });
    }
    return outcome;
  }

  /** Pauses a download in all tabs until the user continues it. */
  pause(id: string): Promise<void> {
    // Remove the note first, because otherwise a tab that follows the download would take it over.
    this.#parts.next.forget(id);
    return this.#parts.downloads.pause(id);
  }

  /** Whether all tabs share this download, so that any of them can pause it. */
  isShared(id: string): boolean {
    return this.#parts.next.id === id;
  }

  /** Joins the download that another tab or an earlier visit began, or stops a download that another tab has paused. */
  async follow(): Promise<void> {
    const { choice, downloads, known, next } = this.#parts;
    await known.refresh();
    // Any tab may run the download, so all tabs follow the noted model, and stop a download that is no longer noted.
    const outdated = next.reread();
    if (outdated !== null) await downloads.pause(outdated);
    const { id } = next;
    const entry = known.find(id);
    if (id === null || !entry || choice.id === id) return;
    if (isLoadable(entry)) this.#arrived(id);
    else if (entry.request.source.kind !== 'files') void this.fetch(entry.request);
  }

  /** Handles a model that was stored while another model was chosen. */
  #arrived(id: string): void {
    const { chosen, known, news, use } = this.#parts;
    const entry = known.find(id);
    if (!entry || !isLoadable(entry)) return;
    if (chosen.answersBeside(id)) news.report({ kind: 'arrived', entry });
    else use(id);
  }
}
