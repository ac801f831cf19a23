// What the bench's worker offers. Types only.

import type { PagedRun, PagedRunOptions } from '../paged-run.ts';

/** Milliseconds per expert, in random order. */
export interface ReadTimes {
  /** Read for the first time since the page began, and once more. */
  first: number;
  again: number;
  /** In four pieces, as guesses are. */
  inPieces: number;
}

export interface BrowserRun extends PagedRun {
  /** The most that all GPU buffers held together, by their sizes. */
  gpuPeakBytes: number;
}

export interface PagingBench {
  /** Brings the package at `url` into IndexedDB, as the app does. */
  keep(url: string): Promise<void>;
  /** Pages it from there, on WebGPU. */
  run(prompt: string, options: PagedRunOptions, spread: number): Promise<BrowserRun>;
  /** Reads experts of one shard from IndexedDB and from a copy in the origin's private file system. */
  reads(): Promise<{ expertBytes: number; indexedDb: ReadTimes; opfs: ReadTimes }>;
}
