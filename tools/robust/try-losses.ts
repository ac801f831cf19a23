// `npm run losses`: the 30 random moments of losses.spec.ts, on the built app (`npm run build` first). MOMENTS and SEED
// change how many, and which.

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
