// The models on their way into storage, each by its id: how far it is, paused, broken off. A run lives
// here rather than in the panel that shows it: closing the panel stops nothing.

import { SvelteMap } from 'svelte/reactivity';
import type { WeightsClient } from '../client/weights-client.ts';
import type { KeptModel, ModelRequest, Persistence, WeightsEvent } from '../contract/weights.ts';
import type { FailureInfo, Outcome } from '../failure.ts';

type Told<K extends WeightsEvent['kind']> = Extract<WeightsEvent, { kind: K }>;

export interface Download {
  request: ModelRequest;
  state:
    { kind: 'running' } | { kind: 'pausing' } | { kind: 'paused' } | { kind: 'failed'; failure: FailureInfo };
  /** The latest; undefined until there is one. */
  progress: Told<'progress'> | undefined;
  /** An attempt that failed, until bytes come again. */
  retrying: Told<'retrying'> | undefined;
  /** Set when the disk is full: what is needed, and what could go. */
  full: Told<'storage-full'> | undefined;
  /** Whether another tab does the work. */
  isFollowing: boolean;
}

interface Run {
  stop: AbortController;
  ended: Promise<Outcome<KeptModel>>;
}

export class Downloads {
  readonly #weights: Pick<WeightsClient, 'download' | 'importFiles'>;
  readonly #downloads = new SvelteMap<string, Download>();
  /** Nobody looks at these. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #runs = new Map<string, Run>();
  /** What was brought whole in this visit, in bytes. */
  readonly #fetchedBytes = new SvelteMap<string, number>();
  #persistence = $state.raw<Persistence | undefined>();

  constructor(weights: Pick<WeightsClient, 'download' | 'importFiles'>) {
    this.#weights = weights;
  }

  /** What the browser said when asked to keep the storage for good; undefined before it was asked. */
  get persistence(): Persistence | undefined {
    return this.#persistence;
  }

  get all(): Download[] {
    return Array.from(this.#downloads.values());
  }

  /** Bytes of a model that was brought whole in this visit; 0 for others. */
  fetchedBytes(id: string): number {
    return this.#fetchedBytes.get(id) ?? 0;
  }

  of(id: string): Download | undefined {
    return this.#downloads.get(id);
  }

  /** Begins a download, goes on with it, or joins the one under way. `files`: read these instead. */
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

  /** What is verified is kept; the next start goes on from there. Settles when the run has ended. */
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
    // Events come by a channel of their own and may be late.
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
