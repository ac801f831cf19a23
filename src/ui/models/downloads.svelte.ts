// The downloads and imports of models, by model id, with their progress and state. This class, and not the panel that
// shows the runs, owns them, so closing the panel stops none.

import { SvelteMap } from 'svelte/reactivity';
import type { WeightsClient } from '../../client/weights-client.ts';
import type { KeptModel, ModelRequest, Persistence, WeightsEvent } from '../../contract/weights.ts';
import type { FailureInfo, Outcome } from '../../failure.ts';

type EventOf<K extends WeightsEvent['kind']> = Extract<WeightsEvent, { kind: K }>;

export interface Download {
  request: ModelRequest;
  state:
    { kind: 'running' } | { kind: 'pausing' } | { kind: 'paused' } | { kind: 'failed'; failure: FailureInfo };
  /** The latest progress event; undefined until there is one. */
  progress: EventOf<'progress'> | undefined;
  /** The latest failed attempt; undefined once bytes arrive again. */
  retrying: EventOf<'retrying'> | undefined;
  /** Set when the disk is full. Contains the space that is needed, and the models that could be removed. */
  full: EventOf<'storage-full'> | undefined;
  /** Whether another tab runs the download and this one only follows it. */
  isFollowing: boolean;
}

interface Run {
  stop: AbortController;
  ended: Promise<Outcome<KeptModel>>;
}

export class Downloads {
  readonly #weights: Pick<WeightsClient, 'download' | 'importFiles'>;
  readonly #downloads = new SvelteMap<string, Download>();
  /** No component reads these runs, so they need not be reactive. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #runs = new Map<string, Run>();
  /** The size in bytes of each model that was fetched completely in this visit. */
  readonly #fetchedBytes = new SvelteMap<string, number>();
  #persistence = $state.raw<Persistence | undefined>();

  constructor(weights: Pick<WeightsClient, 'download' | 'importFiles'>) {
    this.#weights = weights;
  }

  /** The browser's answer to the request for persistent storage; undefined before the answer. */
  get persistence(): Persistence | undefined {
    return this.#persistence;
  }

  get all(): Download[] {
    return Array.from(this.#downloads.values());
  }

  /** The size in bytes of a model that was fetched completely in this visit; 0 for other models. */
  fetchedBytes(id: string): number {
    return this.#fetchedBytes.get(id) ?? 0;
  }

  of(id: string): Download | undefined {
    return this.#downloads.get(id);
  }

  /** Begins or continues a download, or joins it if it is running. If `files` is given, imports those instead. */
  start(request: ModelRequest, files?: File[]): Promise<Outcome<KeptModel>> {
    const { id } = request;
    const running = this.#runs.get(id);
    if (running) return running.ended;
    const known = this.#downloads.get(id);
    this.#downloads.set(id, {
      request,
      state: { kind: 'running' },
      progress: known?.progress,
      retrying: undefined,
      full: undefined,
      isFollowing: false,
    });
    const stop = new AbortController();
    const onEvent = (event: WeightsEvent): void => this.#hear(id, event);
    const outcome = files
      ? this.#weights.importFiles(request, files, onEvent, stop.signal)
      : this.#weights.download(request, onEvent, stop.signal);
    const ended = outcome.then((end) => {
      this.#runs.delete(id);
      this.#end(id, end);
      return end;
    });
    this.#runs.set(id, { stop, ended });
    return ended;
  }

  /**
   * Pauses a run. Verified bytes are kept, so that the next `start` continues from them. Settles when the run has
   * ended.
   */
  async pause(id: string): Promise<void> {
    const run = this.#runs.get(id);
    if (!run) return;
    this.#change(id, { state: { kind: 'pausing' } });
    run.stop.abort();
    await run.ended;
  }

  /** Forgets a download that is not running. */
  forget(id: string): void {
    if (!this.#runs.has(id)) this.#downloads.delete(id);
  }

  #hear(id: string, event: WeightsEvent): void {
    // Events arrive through a separate channel and may be late.
    if (!this.#runs.has(id) && event.kind !== 'persistence') return;
    switch (event.kind) {
      case 'progress':
        this.#change(id, { progress: event, retrying: undefined });
        break;
      case 'retrying':
        this.#change(id, { retrying: event });
        break;
      case 'storage-full':
        this.#change(id, { full: event });
        break;
      case 'following':
        this.#change(id, { isFollowing: true });
        break;
      case 'persistence':
        this.#persistence = event.answer;
    }
  }

  #end(id: string, outcome: Outcome<KeptModel>): void {
    if (outcome.kind === 'done') {
      this.#fetchedBytes.set(id, outcome.value.keptBytes);
      this.#downloads.delete(id);
    } else if (outcome.kind === 'stopped') this.#change(id, { state: { kind: 'paused' } });
    else this.#change(id, { state: { kind: 'failed', failure: outcome.failure } });
  }

  #change(id: string, news: Partial<Download>): void {
    const download = this.#downloads.get(id);
    if (download) this.#downloads.set(id, { ...download, ...news });
  }
}
