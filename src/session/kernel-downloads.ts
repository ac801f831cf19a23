// Downloads the processor engine's kernels into this worker and compiles them. The kernels have a few kilobytes.

import type { OpenReader } from '../engine/processor/blob-reader.ts';
import type { Kernels, SpawnThread } from '../kernels/kernels.ts';
import { fetchChecked } from './fetch-checked.ts';
import { kernelFile } from './kernel-files.ts';
import { spawnWith } from './kernel-threads.ts';
import { openOnThreads, usefulMemory, type KernelMemory } from './open-on-threads.ts';
import { readWith } from './open-reader.ts';

/** The source of the kernels. */
export interface KernelSource {
  /** Opens kernels with a memory of their own, for at least `leastBytes`. The caller disposes of them. */
  open(leastBytes: number): Promise<Kernels>;
  /** Starts a thread that reads experts into the kernels' memory. */
  readonly openReader: OpenReader;
}

export class KernelDownloads implements KernelSource {
  readonly openReader: OpenReader;
  readonly #spawn: SpawnThread;
  readonly #begun = new Map<KernelMemory, Promise<WebAssembly.Module>>();

  constructor(startWorker: () => Worker) {
    this.openReader = readWith(startWorker);
    this.#spawn = spawnWith(startWorker);
  }

  /** Begins the download. If it fails, `open` begins it again. */
  begin(): void {
    this.#module(usefulMemory()).catch(() => undefined);
  }

  /** Fails with 'not-loaded', 'changed-program' or 'out-of-memory'. */
  async open(leastBytes: number): Promise<Kernels> {
    return openOnThreads((memory) => this.#module(memory), this.#spawn, leastBytes);
  }

  #module(memory: KernelMemory): Promise<WebAssembly.Module> {
    const known = this.#begun.get(memory);
    if (known !== undefined) return known;
    const { url, sum } = kernelFile(memory);
    const begun = fetchChecked(url, sum, () => undefined).then((bytes) => WebAssembly.compile(bytes));
    this.#begun.set(memory, begun);
    begun.catch(() => this.#begun.delete(memory));
    return begun;
  }
}
