// The processor engine's kernels in Node: compiled on demand, with threads of worker_threads.

import { compileKernels } from '../../build/compile-kernels.ts';
import { Kernels } from '../../../src/kernels/kernels.ts';

/** Opens kernels with so many threads. */
export async function openKernels(threads = 1): Promise<Kernels> {
  const binary = compileKernels(threads > 1 ? 'shared' : 'own');
  return Kernels.open({ module: await WebAssembly.compile(binary), threads });
}
