// A Vite plugin that, after a build, writes what depends on all of its files: the service worker with
// their list, and `_headers` for hosts that read one (Netlify, Cloudflare Pages).

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { build, type Plugin } from 'vite';
import type { AppFiles } from '../../workers/app-files.ts';
import { headerRules } from './header-rules.ts';
import { hostsOf } from './policy.ts';

/** Larger files are kept after the page has started, not before. */
const SHELL_LIMIT_BYTES = 1e6;
/** Weights are kept in the database, not here; lists of what is offered are asked for anew. */
const NOT_KEPT = /^(models\/(?!index\.json$)|_headers$|service-worker\.js$)/;

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
        writeFileSync(
          join(outDir, '_headers'),
          headerRules('netlify', hostsOf(catalogue), scriptsIn(outDir)),
        );
      },
    },
  };
}

function listFiles(folder: string): AppFiles {
  const version = createHash('sha256');
  const files: AppFiles = { version: '', shell: [], later: [] };
  for (const name of filesIn(folder)) {
    if (NOT_KEPT.test(name)) continue;
    const bytes = readFileSync(join(folder, name));
    version.update(name).update(bytes);
    (bytes.length <= SHELL_LIMIT_BYTES ? files.shell : files.later).push(name);
  }
  return { ...files, version: version.digest('hex').slice(0, 16) };
}

/** Paths with forward slashes, in one order on every machine. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.split(sep).join('/'))
    .sort();
}

/** Pages and workers; the runtime's .mjs files start threads of their own. */
function scriptsIn(outDir: string): string[] {
  return filesIn(outDir).filter((name) => /\.(html|mjs)$|worker[^/]*\.js$/.test(name));
}
