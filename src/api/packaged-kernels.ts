// The processor engine's kernels and threads in an app that uses the package.

import type { RuntimeAddresses } from '../contract/runtime-addresses.ts';
import { fail } from '../failure.ts';
import type { KernelSource } from '../session/kernel-downloads.ts';
import { spawnWith } from '../session/kernel-threads.ts';
import { openOnThreads, type KernelMemory } from '../session/open-on-threads.ts';
import { readWith } from '../session/open-reader.ts';

/** `file` and `startThread`: the address of the package's own kernels, and a function that starts its own thread. */
export function packagedKernels(
  file: (memory: KernelMemory) => string,
  startThread: () => Worker,
  { kernels: given = {} }: RuntimeAddresses = {},
): KernelSource {
  const module = async (memory: KernelMemory): Promise<WebAssembly.Module> => {
    const url = given[memory] ?? file(memory);
    const response = await fetch(url).catch((cause: unknown) => fail('not-loaded', String(cause), cause));
    if (!response.ok) fail('not-loaded', `${url} was answered with ${response.status}.`);
    return WebAssembly.compile(await response.arrayBuffer());
  };
  const { thread } = given;
  const start = thread === undefined ? startThread : () => new Worker(thread, { type: 'module' });
  return {
    open: (leastBytes) => openOnThreads(module, spawnWith(start), leastBytes),
    openReader: readWith(start),
  };
}
