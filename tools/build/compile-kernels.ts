// Compiles src/kernels/assembly to one WebAssembly module. The repository holds no binary: builds, tests and command
// lines compile the kernels when they need them, which takes seconds, and keep the result in .cache until a source
// changes.

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
 * The AssemblyScript compiler inlines functions and lays out classes as decorators demand. TypeScript's tools reject
 * decorators on functions, so the sources have them as comments, which this pattern matches.
 */
const DECORATOR = /^\/\/ (?=@(inline|unmanaged)$)/gm;

/** The largest size of the memory, in pages of 64 KiB: the 4 GiB that WebAssembly can address. */
const MAX_PAGES = 65536;

const OPTIONS = [
  ...['--optimizeLevel', '3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--enable', 'threads'],
  ...['--importMemory', '--noExportMemory', '--initialMemory', '1', '--maximumMemory', String(MAX_PAGES)],
  ...['--use', 'abort='],
];

/** The kind of memory for which a module is compiled: memory that threads share, or memory of one thread. */
export type KernelMemory = 'shared' | 'own';

/** Returns the bytes of the module. Fails with the compiler's messages. */
export function compileKernels(memory: KernelMemory): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(kernelsFile(memory)));
}

/**
 * Returns the path of the module. Compiles it if the sources have changed. Both modules lie in the same folder. Fails
 * with the compiler's messages.
 */
export function kernelsFile(memory: KernelMemory): string {
  const sources = readdirSync(SOURCES)
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => [file, readFileSync(join(SOURCES, file), 'utf8').replace(DECORATOR, '')] as const);
  const hash = createHash('sha256')
    .update(JSON.stringify([OPTIONS, sources]))
    .digest('hex');
  const folder = join(CACHE, hash.slice(0, 16));
  const file = join(folder, `kernels-${memory}.wasm`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  compile(sources, memory === 'shared' ? [...OPTIONS, '--sharedMemory'] : OPTIONS, file);
  return file;
}

/** Runs the compiler in a separate process, because loaders that translate modules would translate megabytes of it. */
function compile(
  sources: readonly (readonly [name: string, text: string])[],
  options: readonly string[],
  file: string,
): void {
  const folder = mkdtempSync(join(CACHE, 'sources-'));
  try {
    for (const [name, text] of sources) writeFileSync(join(folder, name), text);
    const compiler = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');
    const args = [compiler, 'index.ts', '--outFile', 'kernels.wasm', ...options];
    execFileSync(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    // Other processes may read the file, so it must appear only when it is complete.
    renameSync(join(folder, 'kernels.wasm'), file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
