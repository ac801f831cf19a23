// The page's build and its two servers. The root is src/, so that index.html lies beside the code it
// starts; packages/ (or $DARKROOM_PACKAGES) is served as it is and is never part of a build.

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { resolve } from 'node:path';
import { defaultClientConditions, defineConfig } from 'vite';
import { serveFolder } from './tools/serve/folder.ts';
import { ISOLATION_HEADERS } from './tools/serve/isolation.ts';
import { ORT_CONDITION } from './tools/serve/ort-condition.ts';

const here = import.meta.dirname;

export default defineConfig({
  root: resolve(here, 'src'),
  publicDir: resolve(here, 'public'),
  // A missing file is a 404, not the page again.
  appType: 'mpa',
  // Relative addresses, so that the built folder works under any path.
  base: './',
  plugins: [
    svelte({ configFile: resolve(here, 'svelte.config.js') }),
    serveFolder({
      path: '/packages/',
      folder: resolve(here, process.env.DARKROOM_PACKAGES ?? 'packages'),
      listed: true,
    }),
  ],
  resolve: { conditions: [ORT_CONDITION, ...defaultClientConditions] },
  worker: { format: 'es' },
  build: {
    outDir: resolve(here, 'dist'),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
  },
  server: { port: 5173, headers: ISOLATION_HEADERS, fs: { allow: [here] } },
  preview: { host: 'localhost', port: 4173, headers: ISOLATION_HEADERS },
});
