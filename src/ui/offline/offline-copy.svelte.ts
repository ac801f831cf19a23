// The app's own copy for a start without a network: made when the first answer is there, or after a while without
// one, so that nothing of it delays what somebody waits for. What was wanted and could not be had is told.

import type { AppCache, Keeping } from '../../client/app-cache.ts';

export type CopyState =
  /** It follows later. */
  | { kind: 'waiting' }
  | ({ kind: 'keeping' } & Keeping)
  | ({ kind: 'kept' } & Keeping)
  /** All but some files. */
  | ({ kind: 'incomplete' } & Keeping)
  /** The browser, the disk or the network did not allow it; `reason` is the browser's word. */
  | { kind: 'failed'; reason: string }
  /** This browser has no service workers here. */
  | { kind: 'unavailable' };

export interface OfflineCopyParts {
  cache: Pick<AppCache, 'isAvailable' | 'keep'>;
  /** Addresses that the page has asked for, of which the copy keeps the runtime's. */
  used: () => readonly string[];
  /** Whether an answer is there. */
  hasAnswered: () => boolean;
  /** Whether somebody waits for something: a model on its way, an answer. */
  isBusy: () => boolean;
}

/** Whoever has not asked by then, with a model that is ready, does not wait for anything. */
const PATIENCE_MS = 60_000;

export class OfflineCopy {
  readonly #parts: OfflineCopyParts;
  #state = $state.raw<CopyState>({ kind: 'waiting' });
  #isUnderWay = false;
  /** How many addresses were known when it was begun last. */
  #begunWith = -1;

  constructor(parts: OfflineCopyParts) {
    this.#parts = parts;
    if (!parts.cache.isAvailable) this.#state = { kind: 'unavailable' };
  }

  get state(): CopyState {
    return this.#state;
  }

  /** To be called once: begins when it is time. Returns what ends the watching. */
  watch(): () => void {
    return $effect.root(() => {
      $effect(() => {
        const { hasAnswered, isBusy, used } = this.#parts;
        // Again only where more is needed by now: what failed is tried again on the next visit, or when asked.
        if (isBusy() || used().length === this.#begunWith) return;
        if (hasAnswered()) return whenIdle(() => void this.begin());
        const timer = setTimeout(() => whenIdle(() => void this.begin()), PATIENCE_MS);
        return () => clearTimeout(timer);
      });
    });
  }

  /** Makes the copy, or what is missing of it. */
  async begin(): Promise<void> {
    if (this.#isUnderWay || this.#state.kind === 'unavailable') return;
    this.#isUnderWay = true;
    try {
      let ended: Keeping;
      // A worker that computes tells late of what it has asked for: then there is more to keep than when this began.
      do {
        const used = this.#parts.used();
        this.#begunWith = used.length;
        ended = await this.#parts.cache.keep(used, (keeping) => {
          this.#state = { kind: 'keeping', ...keeping };
        });
      } while (this.#parts.used().length > this.#begunWith);
      this.#state = { kind: ended.broken.length === 0 ? 'kept' : 'incomplete', ...ended };
    } catch (error) {
      console.warn('The app is not kept for offline use.', error);
      this.#state = { kind: 'failed', reason: String(error) };
    }
    this.#isUnderWay = false;
  }
}

function whenIdle(job: () => void): () => void {
  // Safari has no idle callback.
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(job, 1000);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(job);
  return () => cancelIdleCallback(handle);
}
