// Builds, with Vite, the page that uses the package, and serves it under a strict policy, beside the built-in model and
// the samples.

import { join, resolve } from 'node:path';
import { build, preview, type InlineConfig } from 'vite';
import { serveFolder } from '../../build/folder.ts';
import { TOP } from './installed.ts';

/** A strict policy; its only exception is that WebAssembly may be compiled. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export interface ServedPage {
  origin: string;
  stop(): Promise<void>;
}

/** `isIsolated`: whether the page is cross-origin isolated, so that the runtime can start threads. */
export async function servePage(project: string, isIsolated: boolean): Promise<ServedPage> {
  const isolation = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  };
  const config: InlineConfig = {
    ...{ root: join(project, 'page'), configFile: false, publicDir: false, logLevel: 'warn' },
    // A missing file is answered with 404 and not with the page.
    appType: 'mpa',
    build: { rolldownOptions: { checks: { bundlerTimings: false } } },
    // The runtime is imported when it is needed, which a worker that is a classic script cannot do.
    worker: { format: 'es' },
    plugins: [
      serveFolder({ path: '/model/', folder: resolve(TOP, 'public/models/demo') }),
      serveFolder({ path: '/samples/', folder: resolve(TOP, 'public/samples') }),
    ],
    preview: {
      port: 0,
      headers: { 'Content-Security-Policy': POLICY, ...(isIsolated ? isolation : {}) },
    },
  };
  await build(config);
  const server = await preview(config);
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    origin: `http://localhost:${address.port}`,
    stop: () => server.close(),
  };
}
