// The page's build and its two servers. The root is src/, so that index.html lies beside the code it starts; packages/
// (or $DARKROOM_PACKAGES) is served unchanged and is never part of a build.

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { resolve } from 'node:path';
import { defineConfig, mergeConfig } from 'vite';
import { noteDependencies, type Dependency } from './tools/build/dependencies.ts';
import { describeBuild } from './tools/build/describe-build.ts';
import { serveFolder } from './tools/build/folder.ts';
import { sendPolicy } from './tools/build/policy.ts';
import { precompress } from './tools/build/precompressed.ts';
import { buildServiceWorker } from './tools/build/service-worker.ts';
import { shared } from './tools/build/shared-config.ts';

const here = import.meta.dirname;
const outDir = resolve(here, 'dist');
/** Third-party packages that the page and its workers contain. */
const dependencies = new Map<string, Dependency>();
/** Catalogue file, which names the hosts of weights. */
const catalogue = resolve(here, 'public/models/index.json');

export default defineConfig(
  mergeConfig(shared, {
    root: resolve(here, 'src'),
    publicDir: resolve(here, 'public'),
    plugins: [
      sendPolicy(catalogue),
      svelte({ configFile: resolve(here, 'svelte.config.js') }),
      serveFolder({
        path: '/packages/',
        folder: resolve(here, process.env.DARKROOM_PACKAGES ?? 'packages'),
        listed: true,
      }),
      buildServiceWorker({ entry: resolve(here, 'workers/service-worker.ts'), outDir, catalogue }),
      noteDependencies(dependencies),
      precompress(outDir),
      describeBuild({ outDir, manifest: resolve(here, 'package.json'), dependencies }),
    ],
    worker: { plugins: () => [noteDependencies(dependencies)] },
    build: { outDir, emptyOutDir: true },
    // Only workers import these: without this list the development server finds them late and reloads.
    optimizeDeps: {
      include: [
        '@huggingface/jinja',
        '@huggingface/tokenizers',
        'mediabunny',
        'onnxruntime-web/jspi',
        'onnxruntime-web/wasm',
        'onnxruntime-web/webgpu',
        'pbf',
      ],
    },
    server: { port: 5173, fs: { allow: [here] } },
    // No other origin may read this one, and with `Vary: Origin` a browser would fetch cached files twice.
    preview: { port: 4173, cors: false },
  }),
);
