// The configuration that all Vite builds of this project share.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { defaultClientConditions, type UserConfig } from 'vite';
import type { FileSum } from '../../src/session/checked-file.ts';
import { kernelsFile } from './compile-kernels.ts';

/**
 * The headers that make a page cross-origin isolated. Without them there is no SharedArrayBuffer, and the WASM
 * backend falls back to one thread.
 */
const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * onnxruntime-web's export condition for builds that bundle no .wasm or .mjs file. The engine passes the addresses of
 * both files (`env.wasm.wasmPaths`), and the app serves them itself, only those of the builds in use.
 */
const ORT_CONDITION = 'onnxruntime-web-use-extern-wasm';

/** The package name with which src/session/kernel-files.ts imports the processor engine's kernels, and their folder. */
const KERNELS = { 'darkroom-kernels': dirname(kernelsFile('own')) };

/**
 * Size and SHA-256 of the files of each runtime build (src/session/runtime-downloads.ts), in the form in which `?url`
 * copies them.
 */
function runtimeSums(): Record<string, Record<'mjs' | 'wasm', FileSum>> {
  const { resolve } = createRequire(import.meta.url);
  const both = (name: string) => ({
    mjs: sumOf(resolve(`onnxruntime-web/${name}.mjs`)),
    wasm: sumOf(resolve(`onnxruntime-web/${name}.wasm`)),
  });
  return {
    asyncify: both('ort-wasm-simd-threaded.asyncify'),
    jspi: both('ort-wasm-simd-threaded.jspi'),
  };
}

function sumOf(path: string): FileSum {
  const bytes = readFileSync(path);
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

export const shared: UserConfig = {
  define: {
    RUNTIME_SUMS: JSON.stringify(runtimeSums()),
    KERNEL_SUMS: JSON.stringify({
      own: sumOf(kernelsFile('own')),
      shared: sumOf(kernelsFile('shared')),
    }),
  },
  // A missing file results in a 404, not in the page.
  appType: 'mpa',
  // Relative addresses let the built folder work under any path.
  base: './',
  resolve: { alias: KERNELS, conditions: [ORT_CONDITION, ...defaultClientConditions] },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    // Compression takes long by design, so there is no need to warn about it.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  preview: { host: 'localhost' },
};

/** The configuration of test pages that have no policy: cross-origin isolated, as the policy makes the app. */
export const isolated: UserConfig = {
  ...shared,
  preview: { host: 'localhost', headers: ISOLATION_HEADERS },
};
