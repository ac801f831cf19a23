// Compiles src/kernels/assembly to one WebAssembly module. The repository holds no binary: builds, tests and command
// lines compile it when they need it, which takes seconds, and keep the result in .cache until a source changes.

import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const SOURCES = resolve(import.meta.dirname, '../../src/kernels/assembly');
const CACHE = resolve(import.meta.dirname, '../../.cache/kernels');

/**
 * The AssemblyScript compiler inlines functions and lays out classes as their decorators say. TypeScript's tools reject
 * decorators on functions, so the sources have them as comments.
 */
const DECORATOR = /^\/\/ (?=@(inline|unmanaged)$)/gm;

const OPTIONS = [
  ...['--optimizeLevel', '3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--enable', 'threads'],
  ...['--importMemory', '--noExportMemory', '--use', 'abort='],
];
/** Pages of 64 KiB: 4 GiB, which WebAssembly can address. */
const MAX_PAGES = 65536;

/** The module for memory that threads share, or for memory of one thread. Fails with the compiler's messages. */
export function compileKernels(memory: 'shared' | 'own'): Uint8Array<ArrayBuffer> {
  const sources = readdirSync(SOURCES)
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => [file, readFileSync(join(SOURCES, file), 'utf8').replace(DECORATOR, '')] as const);
  const options = [
    ...OPTIONS,
    ...(memory === 'shared' ? ['--sharedMemory'] : []),
    ...['--initialMemory', '1', '--maximumMemory', String(MAX_PAGES)],
  ];
  const hash = createHash('sha256')
    .update(JSON.stringify([options, sources]))
    .digest('hex');
  const file = join(CACHE, `${hash}.wasm`);
  return cached(file) ?? compile(sources, options, file);
}

function cached(file: string): Uint8Array<ArrayBuffer> | undefined {
  return existsSync(file) ? Uint8Array.from(readFileSync(file)) : undefined;
}

/** Runs the compiler in a process of its own: loaders that translate modules would translate megabytes of it. */
function compile(
  sources: readonly (readonly [name: string, text: string])[],
  options: string[],
  file: string,
): Uint8Array<ArrayBuffer> {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'sources-'));
  try {
    for (const [name, text] of sources) writeFileSync(join(folder, name), text);
    const compiler = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');
    const args = [compiler, 'index.ts', '--outFile', 'kernels.wasm', ...options];
    execFileSync(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    // Other processes may read the file, so it appears whole.
    renameSync(join(folder, 'kernels.wasm'), file);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return Uint8Array.from(readFileSync(file));
}
