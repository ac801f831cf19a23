// Opens the kernels on the calling thread alone.

import { Kernels } from '../kernels/kernels.ts';
import { fetchChecked } from './fetch-checked.ts';
import { kernelFile } from './kernel-files.ts';

/** Fails with 'not-loaded', 'changed-program' or 'out-of-memory'. The caller disposes of the kernels. */
export async function openOneThread(): Promise<Kernels> {
  const { url, sum } = kernelFile('own');
  const bytes = await fetchChecked(url, sum, () => undefined);
  return Kernels.open({ module: await WebAssembly.compile(bytes), threads: 1 });
}
