import { expect, test } from 'vitest';
import { openDirectoryStore } from '../../node/directory-store.ts';
import { openKernels } from '../../node/kernels.ts';
import { kernelFiles } from '../../../tools/build/kernel-files.ts';
import { decodePhoto } from '../../node/decode-photo.ts';
import { createNodeWasmRuntime } from '../../../tools/tests/support/node-wasm-runtime.ts';
import type { Manifest } from '../../format/manifest.ts';
import type { PackageStore } from '../../format/package-store.ts';
import { loadEngine } from '../load-engine.ts';
import { loadProcessorEngine } from '../load-processor-engine.ts';
import type { Runtime } from '../runtime/runtime.ts';
import {
  difference,
  modelIsRight,
  observe,
  readModelCheck,
  STAGE_TOLERANCE,
  stageDifference,
  summary,
  TOLERANCE,
  type Observed,
} from './model-check.ts';

const never = new AbortController().signal;
const DEMO = 'public/models/demo';

function logits(change: (index: number) => number): Observed {
  const numbers = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i) * 5 + change(i));
  return { tokens: [{ id: 7, logits: numbers }], stages: [] };
}
const reference = summary(logits(() => 0)).steps;

test('equal logits differ by 0, others by their largest difference in deviations', () => {
  expect(
    difference(
      logits(() => 0),
      reference,
    ),
  ).toBeLessThan(1e-6);
  // The deviation is 3.5, and every logit changes by a tenth of it.
  expect(
    difference(
      logits(() => 0.354),
      reference,
    ),
  ).toBeCloseTo(0.1, 2);
});

test('logits that are not finite, or missing, are never right', () => {
  expect(
    difference(
      logits((i) => (i === 50 ? NaN : 0)),
      reference,
    ),
  ).toBeNaN();
  expect(
    difference(
      logits(() => -Infinity),
      reference,
    ),
  ).toBeNaN();
  expect(difference({ tokens: [] }, reference)).toBeNaN();
});

test('after a near tie the answers may differ', () => {
  const [first] = logits(() => 0).tokens;
  const other = { id: 8, logits: first!.logits };
  const longer = [...reference, { id: 1, mean: 99, deviation: 1, best: [] }];
  expect(difference({ tokens: [other] }, longer)).toBeLessThan(1e-6);
});

/**
 * A runtime that zeroes features before the check reads them. The decoder gets the zeros, too, because on the processor
 * a read returns the tensor's own memory. Only tensors of features have several rows, by which this runtime recognises
 * them.
 */
function zeroing(runtime: Runtime, isZero: (stage: number) => boolean): Runtime {
  const read: Runtime['read'] = (wanted) => {
    wanted.forEach((tensor, stage) => {
      if ('data' in tensor && tensor.dims[0]! > 1 && isZero(stage)) (tensor.data as Float32Array).fill(0);
    });
    return runtime.read(wanted);
  };
  return new Proxy(runtime, {
    get(target, name): unknown {
      const value: unknown = name === 'read' ? read : Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

test('the built-in model is what its package says, and forgets that it was asked', async () => {
  const store = await openDirectoryStore(DEMO);
  const known = await readModelCheck(store);
  if (known === undefined) throw new Error('npm run self-test -- public/models/demo writes it');
  const taps = known.stages.length - 1;
  expect(taps).toBeGreaterThan(0);
  const runtime = await createNodeWasmRuntime();
  let isZero: (stage: number) => boolean = () => false;
  const watched = zeroing(runtime, (stage) => isZero(stage));
  const engine = await loadEngine(store, watched, decodePhoto, {}, never);
  try {
    expect(await modelIsRight(engine, known, never)).toBe(true);
    const first = await observe(engine, never);
    const again = await observe(engine, never);
    expect(again).toEqual(first);

    // The check uses the tolerance of f16, and finds a decoder that gets no taps, or one tap twice.
    isZero = (stage) => stage > 0;
    const zeroed = await observe(engine, never);
    expect(difference(zeroed, known.steps)).toBeLessThan(TOLERANCE.f16);
    expect(stageDifference(zeroed.stages, known.stages)).toBeGreaterThan(STAGE_TOLERANCE);
    for (let tap = 1; tap <= taps; tap++) {
      isZero = (stage) => stage === tap;
      const without = await observe(engine, never);
      expect(stageDifference(without.stages, known.stages), `tap ${tap}`).toBeGreaterThan(STAGE_TOLERANCE);
    }
  } finally {
    await engine.dispose();
    runtime.dispose();
  }
});

// wrong-numbers.spec.ts puts the same fault into a small model on a device; this test puts it into the built-in model's
// own weights.
test.each(process.env.LONG === '1' ? [777, 2000, 11_111] : [2000])(
  'one swapped nibble in the built-in model’s weights is found (byte %i)',
  async (from) => {
    const sound = await openDirectoryStore(DEMO);
    const known = await readModelCheck(sound);
    const store: PackageStore = {
      manifest: sound.manifest,
      file: (name) => sound.file(name),
      shard: async (at) => new Blob([await swappedNibble(await sound.shard(at), at, sound.manifest, from)]),
    };
    const kernels = await openKernels(await kernelFiles(), 1);
    const engine = await loadProcessorEngine(store, kernels, decodePhoto, {}, never);
    try {
      expect(await modelIsRight(engine, known!, never)).toBe(false);
    } finally {
      await engine.dispose();
      kernels.dispose();
    }
  },
);

/**
 * A copy of the shard in which one byte of the 4-bit weights has its two nibbles swapped. It is the first byte at or
 * after `from` whose nibbles differ by more than 3.
 */
async function swappedNibble(
  shard: Blob,
  at: number,
  manifest: Manifest,
  from: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const entry = manifest.tensors['model.language_model.layers.1.self_attn.v_proj.weight'];
  const bytes = new Uint8Array(await shard.arrayBuffer());
  if (entry?.shard !== at) throw new Error('The weight lies in another shard.');
  const weight = bytes.subarray(entry.offset, entry.offset + entry.bytes);
  const spoilt = weight.findIndex((byte, index) => index >= from && Math.abs((byte & 15) - (byte >> 4)) > 3);
  weight[spoilt] = ((weight[spoilt]! & 15) << 4) | (weight[spoilt]! >> 4);
  return bytes;
}
