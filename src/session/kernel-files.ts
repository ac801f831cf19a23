// The files of the processor engine's kernels that this app serves. The build compiles them and copies exactly these
// files.

import ownKernels from 'darkroom-kernels/kernels-own.wasm?url';
import sharedKernels from 'darkroom-kernels/kernels-shared.wasm?url';
import type { FileSum } from './checked-file.ts';
import type { KernelMemory } from './open-on-threads.ts';

/** The lengths and hashes of the two files, which the build inserts. */
declare const KERNEL_SUMS: Record<KernelMemory, FileSum>;

/** The absolute address of a file, and its length and hash. */
export function kernelFile(memory: KernelMemory): { url: string; sum: FileSum } {
  const path = memory === 'shared' ? sharedKernels : ownKernels;
  return { url: new URL(path, self.location.href).href, sum: KERNEL_SUMS[memory] };
}
