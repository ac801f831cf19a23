// Builds and serves the harness page, with the app's own build settings. Beside it lie the reference (/reference/:
// fixtures, goldens, pictures), the packages converted from its fixtures (/packages/), and the built-in model
// (/built-in/).

import { resolve } from 'node:path';
import { mergeConfig } from 'vite';
import { serveFolder } from '../../build/folder.ts';
import { isolated } from '../../build/shared-config.ts';
import { FIXTURE_PACKAGES } from '../support/places.ts';

const here = import.meta.dirname;
const top = resolve(here, '../../..');

export default mergeConfig(isolated, {
  root: here,
  publicDir: false,
  plugins: [
    serveFolder({ path: '/reference/', folder: resolve(top, 'tools/reference') }),
    serveFolder({ path: '/built-in/', folder: resolve(top, 'public/models/demo') }),
    serveFolder({ path: '/packages/', folder: resolve(top, FIXTURE_PACKAGES), listed: true }),
  ],
  build: { outDir: resolve(top, '.cache/parity-page'), emptyOutDir: true },
});
