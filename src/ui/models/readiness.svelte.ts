// The progress of everything that the first answer waits for: the download of the model, the download of the GPU's runtime,
// and the opening of the model.

import type { Phase } from './phase.ts';

interface Progress {
  doneBytes: number;
  totalBytes: number;
}

/**
 * The weight of a byte that is opened, relative to one that is downloaded. Opening a model (building graphs, uploading
 * weights) takes about this share of the time of its download.
 */
const OPENING_WEIGHT = 0.1;

export class Readiness {
  #runtime = $state.raw<Progress>({ doneBytes: 0, totalBytes: 0 });

  /** Receives the download progress of the runtime that models on the GPU need. */
  hearRuntime(runtime: Progress): void {
    this.#runtime = runtime;
  }

  /**
   * Returns the progress, from 0 to 1; null unless the model is downloading or loading. `fetchedBytes`: the number of
   * bytes of the model that were downloaded in this visit.
   */
  shareOf(phase: Phase, fetchedBytes: number): number | null {
    if (phase.kind === 'downloading') {
      const { doneBytes, totalBytes } = phase.download.progress ?? { doneBytes: 0, totalBytes: 0 };
      return this.#share({ doneBytes, totalBytes }, { doneBytes: 0, totalBytes });
    }
    if (phase.kind !== 'loading') return null;
    // Until the worker reports how many bytes it opens, assume as many as were fetched.
    const opened = { doneBytes: phase.doneBytes, totalBytes: phase.totalBytes || fetchedBytes };
    return this.#share({ doneBytes: fetchedBytes, totalBytes: fetchedBytes }, opened);
  }

  #share(fetched: Progress, opened: Progress): number {
    const runtime = this.#runtime;
    const done = runtime.doneBytes + fetched.doneBytes + OPENING_WEIGHT * opened.doneBytes;
    const total = runtime.totalBytes + fetched.totalBytes + OPENING_WEIGHT * opened.totalBytes;
    return total === 0 ? 0 : done / total;
  }
}
