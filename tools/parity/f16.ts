// The f16 column of the parity table: Dawn over Mesa's software driver, which has shader-f16 where the
// browser's software adapter has not. Text only and in short chunks: that driver compiles the large
// attention shaders for many minutes. On a machine with a GPU, run dawn.ts without these limits.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findOrFetchMesa } from '../test/mesa.ts';

const environment = findOrFetchMesa();
if (typeof environment === 'string') {
  console.log(`f16 was not tested: ${environment}.`);
} else {
  const script = join(import.meta.dirname, 'dawn.ts');
  const packages = 'dense-tied-exact:dense-tied,moe-untied-balanced:moe-untied.balanced';
  const options = ['--precision', 'f16', '--packages', packages, '--cases', 'text,chinese', '--chunk', '16'];
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', script, ...options], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  });
  process.exitCode = status ?? 1;
}
