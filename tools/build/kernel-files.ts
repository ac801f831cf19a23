// The files of the processor engine that Node needs at run time. Command lines, tests and benchmarks run from the
// sources and take the files from here; the package has the same files (package/build.ts).

import { createHash } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import type { KernelFiles } from '../../src/node/kernels.ts';
import { kernelsFile } from './compile-kernels.ts';

const THREAD = resolve(import.meta.dirname, '../../src/node/kernel-thread.ts');

/** Makes the files in .cache if the sources have changed. */
export async function kernelFiles(): Promise<KernelFiles> {
  const [own, shared] = [kernelsFile('own'), kernelsFile('shared')];
  const code = await bundleThread();
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const thread = join(dirname(own), `thread-${hash}.mjs`);
  if (!existsSync(thread)) {
    // Other processes may read the file, so it must never be incomplete.
    const part = `${thread}.${process.pid}`;
    writeFileSync(part, code);
    renameSync(part, thread);
  }
  return { own: pathToFileURL(own), shared: pathToFileURL(shared), thread: pathToFileURL(thread) };
}

/**
 * Returns the script of a thread in one piece, because Node's threads do not inherit loaders that translate TypeScript.
 */
export async function bundleThread(): Promise<string> {
  const bundle = await rolldown({ input: THREAD, platform: 'node' });
  const { output } = await bundle.generate({ format: 'es' });
  await bundle.close();
  const [{ code }] = output;
  return code;
}
