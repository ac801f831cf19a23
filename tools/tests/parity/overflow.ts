// Tests that the model's own check detects an overflow of f16, and that f32 is right on the same device (Node, Dawn, a
// driver with f16). To plant an overflow, one layer's up projection is multiplied by 2^18, and its down projection is
// divided by 2^18, which changes only intermediate numbers. The test asks without a picture, because Mesa's driver
// compiles the vision encoder's shaders for many minutes.

import { join } from 'node:path';
import type { Part } from '../../../src/contract/conversation.ts';
import { quantisedProductIsRight } from '../../../src/engine/device-check/device-check.ts';
import { loadEngine } from '../../../src/engine/load-engine.ts';
import {
  modelIsRight,
  observe,
  summary,
  type Reference,
} from '../../../src/engine/self-check/model-check.ts';
import type { Runtime } from '../../../src/engine/runtime/runtime.ts';
import type { PackageStore } from '../../../src/format/package-store.ts';
import type { Precision } from '../../../src/graph/emitted.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { createNodeWasmRuntime } from '../support/node-wasm-runtime.ts';
import { createWebGpuRuntime } from '../../../src/node/webgpu-runtime.ts';
import { FIXTURE_PACKAGES } from '../support/places.ts';

const QUESTION: Part[] = [{ type: 'text', text: 'Name three colours.' }];
const POWER = 18;
const LAYER = 'model.language_model.layers.1.mlp';
const signal = new AbortController().signal;

/** The store with one of its BF16 tensors multiplied by 2^power. */
async function scaled(store: PackageStore, name: string, power: number): Promise<PackageStore> {
  const tensor = store.manifest.tensors[name];
  if (tensor?.dtype !== 'BF16') throw new Error(`${name} is no BF16 tensor of the package.`);
  const bytes = new Uint8Array(await (await store.shard(tensor.shard)).arrayBuffer());
  const numbers = new Uint16Array(bytes.slice(tensor.offset, tensor.offset + tensor.bytes).buffer);
  // The exponent is in the eight bits below the sign; zeros and subnormal numbers stay unchanged.
  const more = numbers.map((number) => ((number & 0x7f80) === 0 ? number : number + (power << 7)));
  bytes.set(new Uint8Array(more.buffer), tensor.offset);
  const shard = new Blob([bytes]);
  return {
    manifest: store.manifest,
    file: (file) => store.file(file),
    shard: (index) => (index === tensor.shard ? Promise.resolve(shard) : store.shard(index)),
  };
}

/** Runs the model's check on one runtime, as the app does. Without `reference`, returns a new reference. */
async function check(
  store: PackageStore,
  runtime: Runtime,
  precision: Precision,
  reference?: Reference,
): Promise<boolean | Reference> {
  // Use short chunks, because the driver takes minutes to compile the attention over many rows.
  const engine = await loadEngine(store, runtime, decodePhoto, { precision, chunkTokens: 16 }, signal);
  try {
    if (reference === undefined) return summary(await observe(engine, signal, QUESTION));
    return await modelIsRight(engine, reference, signal, QUESTION);
  } finally {
    await engine.dispose();
  }
}

const sound = await openDirectoryStore(join(FIXTURE_PACKAGES, 'dense-tied-exact'));
const planted = await scaled(
  await scaled(sound, `${LAYER}.up_proj.weight`, POWER),
  `${LAYER}.down_proj.weight`,
  -POWER,
);
const processor = await createNodeWasmRuntime();
const reference = (await check(sound, processor, 'f32')) as Reference;
const device = await createWebGpuRuntime();
const expected: [what: string, seen: unknown, wanted: boolean][] = [
  ['the processor, f32, planted', await check(planted, processor, 'f32', reference), true],
  // The operators are right, so only the model's check shows the fault.
  ['the device’s quantised product, f16', await quantisedProductIsRight(device, 'f16'), true],
  ['the device, f16, sound', await check(sound, device, 'f16', reference), true],
  ['the device, f16, planted', await check(planted, device, 'f16', reference), false],
  ['the device, f32, planted', await check(planted, device, 'f32', reference), true],
];
console.log(`An overflow of f16 (${device.device?.adapterInfo.description ?? ''}):`);
for (const [what, seen, wanted] of expected) {
  console.log(
    `  ${what}: ${seen === true ? 'right' : 'wrong'}${seen === wanted ? '' : ', AGAINST WHAT IS EXPECTED'}`,
  );
}
process.exit(expected.every(([, seen, wanted]) => seen === wanted) ? 0 : 1);
