// Builds and serves the page of the robustness tests, on which the app's workers can be made to fail. It has the app's
// own policy, and the fixture packages and pictures lie beside it.

import { resolve } from 'node:path';
import { mergeConfig } from 'vite';
import { serveFolder } from '../../build/folder.ts';
import { sendPolicy } from '../../build/policy.ts';
import { shared } from '../../build/shared-config.ts';
import { FIXTURE_PACKAGES } from '../support/places.ts';

const here = import.meta.dirname;
const top = resolve(here, '../../..');

export default mergeConfig(shared, {
  root: here,
  publicDir: false,
  plugins: [
    sendPolicy(resolve(top, 'public/models/index.json'), {
      also: { 'fragile.worker': 'inference', 'planted.worker': 'inference' },
    }),
    serveFolder({ path: '/packages/', folder: resolve(top, FIXTURE_PACKAGES), listed: true }),
    serveFolder({ path: '/models/', folder: resolve(top, 'public/models') }),
    serveFolder({ path: '/samples/', folder: resolve(top, 'public/samples') }),
    serveFolder({ path: '/pictures/', folder: resolve(top, 'tools/reference/pictures') }),
  ],
  build: { outDir: resolve(top, '.cache/robust-page'), emptyOutDir: true },
});
