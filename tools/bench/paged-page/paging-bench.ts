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

/** The device of a run: the processor engine with `threads` threads, or WebGPU if `threads` is 0. */
export interface Device {
  threads: number;
  /** Whether a separate thread reads experts. */
  reads: boolean;
}

export interface BrowserRun extends PagedRun {
  /** The peak of the total size of all GPU buffers. */
  gpuPeakBytes: number;
  /** The size of the kernels' memory, which never shrinks; 0 on the GPU. */
  kernelBytes: number;
}

export interface PictureQuestion {
  /** Side length of the picture, which is noise, in pixels; 0 for no picture. */
  side: number;
  prompt: string;
  tokens: number;
}

/** Times and sizes of an answer about a picture on the processor. */
export interface PictureAnswer {
  promptTokens: number;
  tokens: number;
  visionMs: number;
  prefillMs: number;
  answeringMs: number;
  kernelBytes: number;
}

export interface PagingBench {
  /**
   * Downloads the package at `url` into IndexedDB, as the app does, unless a package is stored already. If `layers` is
   * given, stores a package with that many layers instead, which repeat the layers of the package at `url`.
   */
  keep(url: string, layers?: number): Promise<void>;
  /** Pages the package's experts from IndexedDB. */
  run(prompt: string, options: PagedRunOptions, spread: number, device: Device): Promise<BrowserRun>;
  /** Loads the whole package from IndexedDB onto the processor. Returns the milliseconds that it took. */
  load(threads: number): Promise<number>;
  /** Answers a question about a picture with the loaded package. */
  answer(question: PictureQuestion): Promise<PictureAnswer>;
  /** Reads experts of one shard from IndexedDB and from a copy in the origin's private file system. */
  reads(): Promise<{ expertBytes: number; indexedDb: ReadTimes; opfs: ReadTimes }>;
}
