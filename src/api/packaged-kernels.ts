// The source of the processor engine's kernels in an app that uses the package.

import type { RuntimeAddresses } from '../contract/runtime-addresses.ts';
import { fail } from '../failure.ts';
import { Kernels } from '../kernels/kernels.ts';
import type { KernelSource } from '../session/kernel-downloads.ts';

/** `own`: the address of the package's kernels for one thread. */
export function packagedKernels(own: string, given: RuntimeAddresses = {}): KernelSource {
  return {
    async open() {
      const url = given.kernels?.own ?? own;
      const response = await fetch(url).catch((cause: unknown) => fail('not-loaded', String(cause), cause));
      if (!response.ok) fail('not-loaded', `${url} was answered with ${response.status}.`);
      return Kernels.open({ module: await WebAssembly.compile(await response.arrayBuffer()), threads: 1 });
    },
  };
}
