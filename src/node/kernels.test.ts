// The threads of the kernels in Node: their default number, and that they never keep the program alive.

import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { kernelFiles } from '../../tools/build/kernel-files.ts';
import { defaultThreads, openKernels } from './kernels.ts';

const files = await kernelFiles();

test('there is one thread per core, up to eight', () => {
  expect(defaultThreads()).toBe(Math.min(8, availableParallelism()));
});

test('a program ends although it never disposes of its threads', async () => {
  const module = JSON.stringify(new URL('kernels.ts', import.meta.url).href);
  const addresses = Object.entries(files).map(([name, url]) => `${name}: new URL('${(url as URL).href}')`);
  const code = `import { openKernels } from ${module};
    const { threads } = await openKernels({ ${addresses.join(', ')} }, 3);
    process.stdout.write(String(threads));`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', code];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toBe('3');
});

test('missing files fail with not-loaded, and a thread that does not start with worker-died', async () => {
  const nowhere = pathToFileURL('/nowhere/file');
  await expect(openKernels({ ...files, own: nowhere }, 1)).rejects.toMatchObject({ code: 'not-loaded' });
  await expect(openKernels({ ...files, thread: nowhere }, 2)).rejects.toMatchObject({ code: 'worker-died' });
});
