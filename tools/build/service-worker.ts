// A Vite plugin that, after a build, writes the two files that depend on all others: the service worker, which contains
// the list of files, and `_headers`, for hosts that read it (Netlify, Cloudflare Pages).

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { build, type Plugin } from 'vite';
import type { AppFiles } from '../../src/offline/app-files.ts';
import { headerRules } from './header-rules.ts';
import { hostsOf } from './policy.ts';

/** The builds of the GPU's runtime. A device needs one of them, and none if the processor answers. */
const IF_USED = /^assets\/ort[-.]/;
/** The processor's kernels, for one thread and for several. */
const KERNELS = /^assets\/kernels-[\w-]+\.wasm$/;
/**
 * Files that the cache leaves out. Weights are stored in the database instead. Every browser that can run the page
 * supports WOFF2, so it never requests other font formats.
 */
const NOT_KEPT = /^(models\/(?!index\.json$)|_headers$|service-worker\.js$)|\.(br|woff|ttf)$/;

export function buildServiceWorker(options: { entry: string; outDir: string; catalogue: string }): Plugin {
  const { entry, outDir, catalogue } = options;
  return {
    name: 'build-service-worker',
    apply: 'build',
    closeBundle: {
      sequential: true,
      async handler() {
        await build({
          configFile: false,
          logLevel: 'warn',
          publicDir: false,
          define: { APP_FILES: JSON.stringify(listFiles(outDir)) },
          build: {
            outDir,
            emptyOutDir: false,
            target: 'es2023',
            lib: { entry, formats: ['iife'], name: 'serviceWorker', fileName: () => 'service-worker.js' },
          },
        });
        writeFileSync(join(outDir, '_headers'), headerRules('netlify', hostsOf(catalogue), filesIn(outDir)));
      },
    },
  };
}

function listFiles(folder: string): AppFiles {
  const version = createHash('sha256');
  const files: AppFiles = { version: '', start: [], rest: [], ifUsed: [] };
  const isStart = startOf(folder);
  for (const name of filesIn(folder)) {
    if (NOT_KEPT.test(name)) continue;
    version.update(name).update(readFileSync(join(folder, name)));
    files[isStart(name) ? 'start' : IF_USED.test(name) ? 'ifUsed' : 'rest'].push(name);
  }
  return { ...files, version: version.digest('hex').slice(0, 16) };
}

/**
 * Returns whether the page and its workers need a file to start. They also need the catalogue, which names the policy's
 * hosts, and the kernels, with which any device can answer.
 */
function startOf(folder: string): (name: string) => boolean {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const named = new Set(page.match(/assets\/[\w.-]+\.(js|css)/g));
  const isWorker = /\.worker-[\w-]+\.js$/;
  return (name) =>
    named.has(name) ||
    /^(index\.html|models\/index\.json)$/.test(name) ||
    isWorker.test(name) ||
    KERNELS.test(name);
}

/** The paths of all files, with forward slashes, in the same order on every machine. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.split(sep).join('/'))
    .sort();
}
