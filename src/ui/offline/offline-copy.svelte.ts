// Keeps a copy of the app's own files for a start without a network. Copying begins after the first answer, or after a
// while without one, so that it delays neither a model nor an answer. `state` lists the files that failed.

import type { AppCache, Keeping } from '../../client/app-cache.ts';

export type CopyState =
  /** Copying has not begun. */
  | { kind: 'waiting' }
  | ({ kind: 'keeping' } & Keeping)
  | ({ kind: 'kept' } & Keeping)
  /** Some files could not be fetched. */
  | ({ kind: 'incomplete' } & Keeping)
  /** The browser, the disk or the network prevented the copy; `reason` is the browser's own error text. */
  | { kind: 'failed'; reason: string }
  /** This browser offers no service workers to this page. */
  | { kind: 'unavailable' };

export interface OfflineCopyParts {
  cache: Pick<AppCache, 'isAvailable' | 'keep'>;
  /** The addresses that the page has requested. The copy includes the runtime's files among them. */
  used: () => readonly string[];
  /** Whether an answer is complete. */
  hasAnswered: () => boolean;
  /** Whether the user waits for a model or for an answer. */
  isBusy: () => boolean;
}

/** If the page has been idle this long, copying may begin even without an answer. */
const PATIENCE_MS = 60_000;

export class OfflineCopy {
  readonly #parts: OfflineCopyParts;
  #state = $state.raw<CopyState>({ kind: 'waiting' });
  #isUnderWay = false;
  /** The number of requested addresses when copying last began. */
  #begunWith = -1;

  constructor(parts: OfflineCopyParts) {
    this.#parts = parts;
    if (!parts.cache.isAvailable) this.#state = { kind: 'unavailable' };
  }

  get state(): CopyState {
    return this.#state;
  }

  /** Call once: begins copying when it is time. Returns a function that stops the watching. */
  watch(): () => void {
    return $effect.root(() => {
      $effect(() => {
        const { hasAnswered, isBusy, used } = this.#parts;
        // Copy again only if the page has requested more files since. Failed files are tried again in the next visit,
        // or when the user asks.
        if (isBusy() || used().length === this.#begunWith) return;
        if (hasAnswered()) return whenIdle(() => void this.begin());
        const timer = setTimeout(() => whenIdle(() => void this.begin()), PATIENCE_MS);
        return () => clearTimeout(timer);
      });
    });
  }

  /** Makes or completes the copy. */
  async begin(): Promise<void> {
    if (this.#isUnderWay || this.#state.kind === 'unavailable') return;
    this.#isUnderWay = true;
    try {
      let ended: Keeping;
      // A busy worker reports its requests late, so there may be more files to keep than at the beginning.
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
  // Safari has no requestIdleCallback.
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(job, 1000);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(job);
  return () => cancelIdleCallback(handle);
}
