import { beforeAll, expect, test } from 'vitest';
import { createNodeWasmRuntime } from '../../../tools/tests/support/node-wasm-runtime.ts';
import { computesRightly, quantisedProductIsRight } from './device-check.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { TensorData } from '../runtime/tensor.ts';

let sound: Runtime;
beforeAll(async () => {
  sound = await createNodeWasmRuntime();
});

/** The runtime, with a fault in its inputs or outputs. */
function faulty(change: Partial<Runtime>): Runtime {
  return new Proxy(sound, {
    get: (target, name): unknown => {
      const own: unknown = Reflect.get(change, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

test('a sound device passes', async () => {
  expect(await computesRightly(sound, 'f32')).toBe(true);
});

test('one swapped nibble in the copy of the weights is found', async () => {
  const runtime = faulty({
    open: (graph, weights) =>
      sound.open(
        graph,
        weights.map(({ path, data }) => {
          if (!(data instanceof Uint8Array)) return { path, data };
          const copy = data.slice();
          const first = copy.findIndex((byte) => Math.abs((byte & 15) - (byte >> 4)) > 4);
          copy[first] = ((copy[first]! & 15) << 4) | (copy[first]! >> 4);
          return { path, data: copy };
        }),
      ),
  });
  expect(await quantisedProductIsRight(runtime, 'f32')).toBe(false);
});

test.each([
  ['zeros', (values: Float32Array) => values.fill(0)],
  ['an overflow', (values: Float32Array) => values.map((value) => value * 1e38 * 10)],
  ['not a number', (values: Float32Array) => values.fill(NaN, 3, 4)],
])('a shader that gives %s is found', async (_, spoil) => {
  const runtime = faulty({
    read: async (tensors) =>
      (await sound.read(tensors)).map((values): TensorData =>
        values instanceof Float32Array ? spoil(values.slice()) : values,
      ),
  });
  expect(await computesRightly(runtime, 'f32')).toBe(false);
});
