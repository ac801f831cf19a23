// Compares a whole mixture of experts with float64 arithmetic: routing, grouped products, and the weighted sum.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { kernelFiles } from '../../tools/build/kernel-files.ts';
import { openKernels } from '../node/kernels.ts';
import {
  cosineDistance,
  loaded,
  normal,
  reserved,
  storedMatrix,
  type Storage,
} from '../../tools/tests/support/kernel-trial.ts';
import type { Kernels } from './kernels.ts';
import { PANEL_ROWS } from './kernels.ts';
import { Program, STEPS, WEIGHT_KINDS } from './operations.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await openKernels(await kernelFiles(), 1);
  kernels.reserveSpare(1 << 20);
});
afterAll(() => kernels.dispose());

const [EXPERTS, CHOSEN, HIDDEN, INNER] = [7, 3, 96, 64];

test.each([
  { storage: '4 bits in blocks of 32', rows: 1 },
  { storage: '4 bits in blocks of 32', rows: 29 },
  { storage: '8 bits in blocks of 32', rows: 2 },
  { storage: '4 bits in blocks of 16', rows: 12 },
  { storage: 'f16', rows: 1 },
  { storage: 'bf16', rows: 29 },
] satisfies { storage: Storage; rows: number }[])('$rows rows, experts in $storage', ({ storage, rows }) => {
  const experts = Array.from({ length: EXPERTS }, (_, e) => ({
    gateUp: storedMatrix(storage, 2 * INNER, HIDDEN, 10 + e),
    down: storedMatrix(storage, HIDDEN, INNER, 50 + e),
  }));
  const x = normal(rows * HIDDEN, 1);
  // The values to which the mixture is added are small, so that rounding them does not hide errors of the mixture.
  const before = normal(rows * HIDDEN, 2).map((value) => value / 1000);
  const logits = normal(rows * EXPERTS, 3).map((value) => Math.round(value * 4) / 4); // some are equal
  const { gateUp, down } = experts[0]!;
  const { kind, block, bits, isPacked } = gateUp;

  // Each expert is one range: weights and scales of the first matrix, then those of the second.
  const parts = [gateUp.weights, gateUp.scales, down.weights, down.scales];
  const offsets = parts.map((_, i) => parts.slice(0, i).reduce((sum, part) => sum + part.byteLength, 0));
  const table = loaded(
    kernels,
    Uint32Array.from(experts, (each) => {
      const all = [each.gateUp.weights, each.gateUp.scales, each.down.weights, each.down.scales];
      return loaded(kernels, Uint8Array.from(all.flatMap((part) => Array.from(part))));
    }),
  );
  const unit = rows === 1 ? 1 : PANEL_ROWS;
  const places = rows * CHOSEN + (unit - 1) * EXPERTS;
  const groups = {
    starts: reserved(kernels, 4 * EXPERTS),
    counts: reserved(kernels, 4 * EXPERTS),
    order: reserved(kernels, 4 * places),
  };
  const weights = reserved(kernels, 4 * places);
  const last = reserved(kernels, 4 * CHOSEN);
  const best = reserved(kernels, 4 * rows * CHOSEN);
  const xAt = loaded(kernels, x);
  const packedStride = kernels.packedBytes(HIDDEN);
  const packed = reserved(kernels, packedStride * rows);
  const panels = rows === 1 ? 0 : reserved(kernels, kernels.panelBytes(HIDDEN, places));
  const inner = {
    stride: kernels.packedBytes(INNER),
    packed: reserved(kernels, kernels.packedBytes(INNER) * places),
  };
  const innerPanels = rows === 1 ? 0 : reserved(kernels, kernels.panelBytes(INNER, places));
  const active = reserved(kernels, 4 * places * INNER);
  const product = reserved(kernels, 4 * places * 2 * INNER);
  const out = reserved(kernels, 4 * places * HIDDEN);
  const y = loaded(kernels, before);

  const program = new Program();
  program.add('prepare', { rows, columns: HIDDEN, x: xAt, xStride: 4 * HIDDEN, bits, packed, packedStride });
  program.add('route', {
    ...{ rows, experts: EXPERTS, chosen: CHOSEN, unit, logits: loaded(kernels, logits), best },
    ...{ shares: reserved(kernels, 4 * rows * CHOSEN), ...groups, weights, last },
  });
  if (rows > 1 && isPacked) {
    program.add('gather', { experts: EXPERTS, columns: HIDDEN, ...groups, packed, packedStride, panels });
  }
  program.add('expertProduct', {
    ...{ kind: WEIGHT_KINDS[kind], block, table, weights: offsets[0]!, scales: offsets[1]! },
    ...{ outputs: 2 * INNER, columns: HIDDEN, experts: EXPERTS, ...groups, panels },
    x: isPacked ? packed : xAt,
    xStride: isPacked ? packedStride : 4 * HIDDEN,
    ...{ y: product, yStride: 8 * INNER },
  });
  program.add('prepare', {
    step: STEPS.swigluPairs,
    ...{ rows: places, columns: INNER, x: product, xStride: 8 * INNER, y: active, yStride: 4 * INNER, bits },
    ...{ packed: inner.packed, packedStride: inner.stride, panels: innerPanels },
    order: groups.order,
  });
  program.add('expertProduct', {
    ...{ kind: WEIGHT_KINDS[kind], block, table, weights: offsets[2]!, scales: offsets[3]! },
    ...{ outputs: HIDDEN, columns: INNER, experts: EXPERTS, starts: groups.starts, counts: groups.counts },
    ...{ panels: innerPanels, y: out, yStride: 4 * HIDDEN },
    x: isPacked ? inner.packed : active,
    xStride: isPacked ? inner.stride : 4 * INNER,
  });
  program.add('combine', {
    ...{
      experts: EXPERTS,
      columns: HIDDEN,
      ...groups,
      weights,
      x: out,
      xStride: 4 * HIDDEN,
      y,
      yStride: 4 * HIDDEN,
    },
  });
  kernels.run(program);

  const expected = Float64Array.from(before);
  let chosen: number[] = [];
  for (let row = 0; row < rows; row++) {
    const own = Array.from(logits.subarray(row * EXPERTS, (row + 1) * EXPERTS));
    chosen = own
      .map((_, e) => e)
      .sort((a, b) => own[b]! - own[a]! || a - b)
      .slice(0, CHOSEN);
    const total = chosen.reduce((sum, e) => sum + Math.exp(own[e]!), 0);
    for (const e of chosen) {
      const result = network(experts[e]!.gateUp.values, experts[e]!.down.values, x.subarray(row * HIDDEN));
      result.forEach((value, i) => (expected[row * HIDDEN + i]! += (Math.exp(own[e]!) / total) * value));
    }
  }
  const seen = kernels.floats(y, rows * HIDDEN);
  const difference = (of: ArrayLike<number>): number[] => Array.from(of, (value, i) => value - before[i]!);
  expect(cosineDistance(difference(expected), difference(seen))).toBeLessThan(isPacked ? 2e-9 : 1e-11);
  expect(Array.from(kernels.ints(last, CHOSEN))).toEqual(chosen);
});

function network(gateUp: Float32Array, down: Float32Array, x: Float32Array): Float64Array {
  const dot = (w: Float32Array, row: number, v: ArrayLike<number>, n: number): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += w[row * n + i]! * v[i]!;
    return sum;
  };
  const inner = Float64Array.from({ length: INNER }, (_, i) => {
    const gate = dot(gateUp, 2 * i, x, HIDDEN);
    return (gate / (1 + Math.exp(-gate))) * dot(gateUp, 2 * i + 1, x, HIDDEN);
  });
  return Float64Array.from({ length: HIDDEN }, (_, i) => dot(down, i, inner, INNER));
}
