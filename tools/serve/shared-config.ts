// What every Vite build of this project has in common.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { defaultClientConditions, type UserConfig } from 'vite';
import type { FileSum } from '../../workers/checked-file.ts';

/**
 * The headers of a cross-origin isolated page. Without them there is no SharedArrayBuffer, and the
 * WASM backend falls back to one thread.
 */
const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * onnxruntime-web's export condition for builds that bring no .wasm or .mjs of their own: we name
 * both files (`env.wasm.wasmPaths`), serve them ourselves, and ship only the variants in use.
 */
const ORT_CONDITION = 'onnxruntime-web-use-extern-wasm';

/** Length and SHA-256 of the files of each of the runtime's builds (workers/runtime-downloads.ts), as `?url` copies them. */
function runtimeSums(): Record<string, Record<'mjs' | 'wasm', FileSum>> {
  const { resolve } = createRequire(import.meta.url);
  const sumOf = (file: string): FileSum => {
    const bytes = readFileSync(resolve(`onnxruntime-web/${file}`));
    return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  };
  const both = (name: string) => ({ mjs: sumOf(`${name}.mjs`), wasm: sumOf(`${name}.wasm`) });
  return {
    wasm: both('ort-wasm-simd-threaded'),
    asyncify: both('ort-wasm-simd-threaded.asyncify'),
    jspi: both('ort-wasm-simd-threaded.jspi'),
  };
}

export const shared: UserConfig = {
  define: { RUNTIME_SUMS: JSON.stringify(runtimeSums()) },
  // A missing file is a 404, not the page again.
  appType: 'mpa',
  // Relative addresses, so that the built folder works under any path.
  base: './',
  resolve: { conditions: [ORT_CONDITION, ...defaultClientConditions] },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    // Compressing takes long, as it should: no warning.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  preview: { host: 'localhost' },
};

/** For the test pages, which have no policy: a cross-origin isolated page, as the app is by its policy. */
export const isolated: UserConfig = {
  ...shared,
  preview: { host: 'localhost', headers: ISOLATION_HEADERS },
};
