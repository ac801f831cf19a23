// `npm run losses`: runs losses.spec.ts with 30 random moments on the built app (run `npm run build` first). MOMENTS
// sets the number of moments, SEED their choice.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const { status } = spawnSync(
  join('node_modules', '.bin', 'playwright'),
  ['test', '--project=robust', 'losses.spec.ts'],
  {
    env: { ...process.env, MOMENTS: process.env.MOMENTS ?? '30' },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  },
);
process.exitCode = status ?? 1;
