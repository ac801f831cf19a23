// Threads over one memory: the result has the same bits for every number of threads, and a dead thread is reported.

import { afterAll, expect, test } from 'vitest';
import { kernelFiles } from '../../tools/build/kernel-files.ts';
import { openKernels } from '../node/kernels.ts';
import { loaded, normal, reserved, storedMatrix } from '../../tools/tests/support/kernel-trial.ts';
import type { Kernels } from './kernels.ts';
import { Program, STEPS, WEIGHT_KINDS } from './operations.ts';

const open: Kernels[] = [];
afterAll(() => {
  for (const kernels of open) kernels.dispose();
});

async function crew(threads: number): Promise<Kernels> {
  const kernels = await openKernels(await kernelFiles(), threads);
  kernels.reserveSpare(1 << 16);
  open.push(kernels);
  return kernels;
}

const COLUMNS = 192;

/** Three layers; each of them reads the results of all threads from the layer before. */
function chain(kernels: Kernels, rows: number): { program: Program; x: number; y: number } {
  const program = new Program();
  const x = loaded(kernels, normal(rows * COLUMNS, 1));
  const y = reserved(kernels, 4 * rows * COLUMNS);
  const packedStride = kernels.packedBytes(COLUMNS);
  const packed = reserved(kernels, packedStride * Math.max(rows, kernels.threads));
  const panels = reserved(kernels, kernels.panelBytes(COLUMNS, rows));
  const gain = loaded(kernels, normal(COLUMNS, 2));
  const own = rows === 1 ? packedStride : 0;
  const matrix = storedMatrix('4 bits in blocks of 32', COLUMNS, COLUMNS, 3);
  const [weights, scales] = [loaded(kernels, matrix.weights), loaded(kernels, matrix.scales)];
  const stride = 4 * COLUMNS;
  for (const [from, to] of [
    [x, y],
    [y, x],
    [x, y],
  ] as const) {
    const prepare = {
      ...{ step: STEPS.rmsNorm, rows, columns: COLUMNS, x: from, xStride: stride, gain, epsilon: 1e-6 },
      ...{ bits: 4, packed, packedStride, panels: rows === 1 ? 0 : panels, own },
    };
    if (rows === 1) program.addUnwaited('prepare', prepare);
    else program.add('prepare', prepare);
    program.add('product', {
      ...{ kind: WEIGHT_KINDS.blocks4, block: 32, weights, scales, outputs: COLUMNS, columns: COLUMNS },
      ...{ rows, x: packed, xStride: packedStride, own, panels, y: to, yStride: stride },
    });
  }
  return { program, x, y };
}

test.each([1, 13])('with %i rows, 1 to 4 threads give the same bits each time', async (rows) => {
  let first: Float32Array | undefined;
  for (const threads of [1, 2, 3, 4]) {
    const kernels = await crew(threads);
    const { program, x, y } = chain(kernels, rows);
    const input = kernels.floats(x, rows * COLUMNS).slice();
    for (let repeat = 0; repeat < (threads === 2 ? 200 : 20); repeat++) {
      kernels.floats(x, rows * COLUMNS).set(input);
      kernels.run(program);
      const seen = kernels.floats(y, rows * COLUMNS);
      first ??= seen.slice();
      if (!isSame(seen, first)) expect(seen).toEqual(first);
    }
  }
  expect(first?.every(Number.isFinite)).toBe(true);
});

test('all threads have ended when a program has, even if its last operation does not wait', async () => {
  const kernels = await crew(2);
  const outputs = 512;
  const y = reserved(kernels, 4 * outputs);
  const program = new Program();
  program.addUnwaited('product', {
    ...{ kind: WEIGHT_KINDS.F32, outputs, columns: COLUMNS, rows: 1, y, yStride: 4 * outputs },
    weights: loaded(kernels, new Float32Array(outputs * COLUMNS).fill(1)),
    x: loaded(kernels, new Float32Array(COLUMNS).fill(1)),
  });
  for (let repeat = 0; repeat < 50; repeat++) {
    kernels.floats(y, outputs).fill(0);
    kernels.run(program);
    expect(kernels.floats(y, outputs).every((value) => value === COLUMNS)).toBe(true);
  }
});

test('memory that grows is the memory of all threads', async () => {
  const kernels = await crew(2);
  reserved(kernels, 50e6);
  const { program, y } = chain(kernels, 1);
  kernels.run(program);
  const alone = await crew(1);
  const expected = chain(alone, 1);
  alone.run(expected.program);
  expect(kernels.floats(y, COLUMNS)).toEqual(alone.floats(expected.y, COLUMNS));
});

test('a thread that dies is reported, and the others do not wait for it', async () => {
  const kernels = await crew(2);
  const [x, y] = [reserved(kernels, 32), reserved(kernels, 32)];
  const { program: next } = chain(kernels, 1);
  // Thread 1 computes the second half of the outputs. Their weights lie beyond the memory, so it traps.
  const program = new Program();
  program.add('product', {
    ...{ kind: WEIGHT_KINDS.F32, outputs: 8, columns: 8, rows: 1, x },
    ...{ weights: kernels.memoryBytes - (8 / 2) * 8 * 4, y, yStride: 32 },
  });
  const died: unknown = expect.objectContaining({ code: 'worker-died' });
  expect(() => kernels.run(program)).toThrow(died);
  expect(() => kernels.run(next), 'the crew runs no other program').toThrow(died);
});

function isSame(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
