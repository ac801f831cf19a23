// The interface that the bench's worker offers. Types only.

import type { PagedRun, PagedRunOptions } from '../paged-run.ts';

/** Milliseconds per expert; experts are read in random order. */
export interface ReadTimes {
  /** The time of the first read since the page was opened, and that of a second read. */
  first: number;
  again: number;
  /** Time of a read in four pieces, which is how guesses are read. */
  inPieces: number;
}

export interface BrowserRun extends PagedRun {
  /** The peak of the total size of all GPU buffers. */
  gpuPeakBytes: number;
}

export interface PagingBench {
  /** Downloads the package at `url` into IndexedDB, as the app does. */
  keep(url: string): Promise<void>;
  /** Pages the package's experts from IndexedDB, on WebGPU. */
  run(prompt: string, options: PagedRunOptions, spread: number): Promise<BrowserRun>;
  /** Reads experts of one shard from IndexedDB and from a copy in the origin's private file system. */
  reads(): Promise<{ expertBytes: number; indexedDb: ReadTimes; opfs: ReadTimes }>;
}
