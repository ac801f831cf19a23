// Measures how fast the processor engine multiplies here, with its own kernels: products of one row, as in decoding, with
// matrices that are larger than most caches. So one measurement covers the arithmetic and the memory.

import type { Kernels } from '../kernels/kernels.ts';
import { Program, STEPS, WEIGHT_KINDS } from '../kernels/operations.ts';

export interface ProcessorSpeed {
  threads: number;
  /** Bytes of weights in blocks of 32 with 4 bits that all threads multiply per second, scales included. */
  blocks: number;
  /** Bytes of 16-bit weights that all threads multiply per second. */
  halves: number;
  /** The time to start an operation, and to wait for all threads at its end. */
  startMs: number;
}

/** Two matrices with these shapes take 34 MB in 16 bits and 38 MB in blocks. */
const COLUMNS = 2048;
const HALF_ROWS = 8192;
const BLOCK_ROWS = 32768;
const BLOCK = 32;
/** The length of each of the measurements of a kind of product. The best of them counts, because other programs run. */
const WINDOW_MS = 50;
const WINDOWS = 4;
const STARTS = 256;

/** Takes half a second and 80 MB of the kernels' memory, which it does not free. Fails with 'out-of-memory'. */
export function processorSpeed(
  kernels: Kernels,
  now: () => number = () => performance.now(),
): ProcessorSpeed {
  kernels.reserveSpare(2 * 4 * (COLUMNS + 4) + 128);
  const blocks = blockProduct(kernels, BLOCK_ROWS);
  const halves = halfProduct(kernels, HALF_ROWS);
  const small = new Program();
  const [from, to] = [kernels.arena.allocate(128), kernels.arena.allocate(4 * kernels.threads)];
  for (let i = 0; i < STARTS; i++) small.add('read', { from, count: 1, to });
  return {
    threads: kernels.threads,
    blocks: blocks.bytes / fastest(kernels, blocks.program, now),
    halves: halves.bytes / fastest(kernels, halves.program, now),
    startMs: (1000 * fastest(kernels, small, now)) / STARTS,
  };
}

interface Product {
  program: Program;
  /** Bytes of its weights. */
  bytes: number;
}

/** y = W · x with W in blocks of 4 bits, and x packed by each thread for itself. */
function blockProduct(kernels: Kernels, outputs: number): Product {
  const weightBytes = (outputs * COLUMNS) / 2;
  const scaleBytes = (2 * outputs * COLUMNS) / BLOCK;
  const packedStride = kernels.packedBytes(COLUMNS);
  const packed = kernels.arena.allocate(packedStride * kernels.threads);
  const program = new Program();
  const x = filled(kernels, 4 * COLUMNS);
  program.addUnwaited('prepare', {
    step: STEPS.none,
    ...{ rows: 1, columns: COLUMNS, x, xStride: 4 * COLUMNS, bits: 4, packed, packedStride },
    own: packedStride,
  });
  program.add('product', {
    ...{ kind: WEIGHT_KINDS.blocks4, block: BLOCK, outputs, columns: COLUMNS, rows: 1 },
    ...{ weights: filled(kernels, weightBytes), scales: filled(kernels, scaleBytes) },
    ...{ x: packed, xStride: packedStride, own: packedStride },
    ...{ y: kernels.arena.allocate(4 * outputs), yStride: 4 * outputs },
  });
  return { program, bytes: weightBytes + scaleBytes };
}

/** y = W · x with W in 16 bits. */
function halfProduct(kernels: Kernels, outputs: number): Product {
  const bytes = 2 * outputs * COLUMNS;
  const program = new Program();
  program.add('product', {
    ...{ kind: WEIGHT_KINDS.BF16, outputs, columns: COLUMNS, rows: 1, weights: filled(kernels, bytes) },
    ...{ x: filled(kernels, 4 * COLUMNS), xStride: 4 * COLUMNS },
    ...{ y: kernels.arena.allocate(4 * outputs), yStride: 4 * outputs },
  });
  return { program, bytes };
}

/** Seconds of the fastest run. */
function fastest(kernels: Kernels, program: Program, now: () => number): number {
  kernels.run(program);
  let best = Infinity;
  for (let window = 0; window < WINDOWS; window++) {
    const start = now();
    let runs = 0;
    do {
      kernels.run(program);
      runs++;
    } while (now() - start < WINDOW_MS);
    best = Math.min(best, (now() - start) / runs);
  }
  return best / 1000;
}

/** Memory with small numbers in every format: 0x21 is 1.5e-18 as bf16 and f32, 0.01 as an f16 scale. */
function filled(kernels: Kernels, bytes: number): number {
  const at = kernels.arena.allocate(bytes);
  kernels.bytes(at, bytes).fill(0x21);
  return at;
}
