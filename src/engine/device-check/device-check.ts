// Checks that a device computes correctly before a model runs on it. Compares attention and the quantised product,
// which take nearly all of an answer's time, with the same computation in JavaScript. Wrong answers are worse than slow
// ones.

import { Failure } from '../../failure.ts';
import type { Precision } from '../../graph/emitted.ts';
import { OnnxGraph } from '../../graph/onnx.ts';
import { randomGenerator } from '../answer/random.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { attentionIsRight } from './operator-checks.ts';

const ROWS = 5;
const COLUMNS = 64; // N, outputs
const DEPTH = 128; // K, inputs
const BLOCK = 32;
/**
 * The largest accepted error, relative to the largest result. It is above rounding, which is coarse if a device sums
 * f16 in f16.
 */
const TOLERANCE: Record<Precision, number> = { f32: 1e-4, f16: 2e-2 };

/** Returns false if numbers are wrong or an operator fails. Throws a Failure, such as 'device-lost'. */
export async function computesRightly(runtime: Runtime, precision: Precision): Promise<boolean> {
  try {
    return (
      (await quantisedProductIsRight(runtime, precision)) && (await attentionIsRight(runtime, precision))
    );
  } catch (error) {
    if (error instanceof Failure) throw error;
    return false;
  }
}

/** Checks (5, 128) · (64, 128)ᵀ with 4-bit weights in blocks of 32, the product that the decoder's layers use. */
export async function quantisedProductIsRight(runtime: Runtime, precision: Precision): Promise<boolean> {
  const numbers = randomGenerator(2);
  const x = Float32Array.from({ length: ROWS * DEPTH }, () => numbers() * 2 - 1);
  const weights = Uint8Array.from({ length: (COLUMNS * DEPTH) / 2 }, () => Math.floor(numbers() * 256));
  const scales = Float32Array.from({ length: (COLUMNS * DEPTH) / BLOCK }, () => 0.02 + numbers() * 0.02);

  const graph = new OnnxGraph();
  const cast = (value: string): string =>
    precision === 'f32' ? value : graph.node('Cast', [value], { to: 10 });
  const input = cast(graph.input('x', 'f32', ['n', DEPTH]));
  const scale = cast(graph.constant(scales, [COLUMNS, DEPTH / BLOCK]));
  const product = graph.fused(
    'MatMulNBits',
    [input, graph.weight('w', 'u8', [COLUMNS, DEPTH / BLOCK, BLOCK / 2]), scale],
    { K: DEPTH, N: COLUMNS, bits: 4, block_size: BLOCK },
  );
  const output = precision === 'f32' ? product : graph.node('Cast', [product], { to: 1 });
  graph.output(output, 'f32', ['n', COLUMNS]);
  const session = await runtime.open(
    { model: graph.serialize(), weights: new Map(), outputs: graph.outputs },
    [{ path: 'w', data: weights }],
  );
  try {
    const results = await session.run({ x: runtime.tensor('float32', x, [ROWS, DEPTH]) }, { [output]: null });
    const [values] = await runtime.read([results[output]!]);
    results[output]!.dispose();
    const expected = product4Bits(x, weights, scales);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return expected.every(
      (value, i) => Math.abs(value - Number(values![i])) <= TOLERANCE[precision] * largest,
    );
  } finally {
    await session.release();
  }
}

/** The same product in JavaScript. The low nibble comes first, and the value 8 represents zero. */
function product4Bits(x: Float32Array, weights: Uint8Array, scales: Float32Array): Float64Array {
  const result = new Float64Array(ROWS * COLUMNS);
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      let sum = 0;
      for (let k = 0; k < DEPTH; k++) {
        const at = column * DEPTH + k;
        const nibble = (weights[at >> 1]! >> (at % 2 === 0 ? 0 : 4)) & 15;
        sum += x[row * DEPTH + k]! * (nibble - 8) * scales[Math.floor(at / BLOCK)]!;
      }
      result[row * COLUMNS + column] = sum;
    }
  }
  return result;
}
