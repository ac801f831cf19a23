// Downloads the processor engine's kernels into this worker and compiles them. The kernels have a few kilobytes.

import { Kernels } from '../kernels/kernels.ts';
import { fetchChecked } from './fetch-checked.ts';
import { kernelFile, type KernelMemory } from './kernel-files.ts';

/** The source of the kernels. */
export interface KernelSource {
  /** Opens kernels with their own memory. The caller disposes of them. */
  open(): Promise<Kernels>;
}

export class KernelDownloads implements KernelSource {
  readonly #begun = new Map<KernelMemory, Promise<WebAssembly.Module>>();

  /** Begins the download. If it fails, `open` begins it again. */
  begin(): void {
    this.#module('own').catch(() => undefined);
  }

  /** Opens the kernels. Fails with 'not-loaded', 'changed-program' or 'out-of-memory'. */
  async open(): Promise<Kernels> {
    return Kernels.open({ module: await this.#module('own'), threads: 1 });
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
