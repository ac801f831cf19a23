// Builds and serves the page of the weights worker's tests, with the app's own build settings.

import { resolve } from 'node:path';
import { mergeConfig } from 'vite';
import { isolated } from '../../build/shared-config.ts';

const here = import.meta.dirname;

export default mergeConfig(isolated, {
  root: here,
  publicDir: resolve(here, '../../../public'),
  build: { outDir: resolve(here, '../../../.cache/weights-page'), emptyOutDir: true },
});
