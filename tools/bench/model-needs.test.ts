// Tests which published sizes a processor and a weak GPU take or refuse, judged by the manifest before any weight is
// loaded. The converter writes the manifests.

import { expect, test } from 'vitest';
import { Binder } from '../../src/convert/bind.ts';
import { buildManifest } from '../../src/convert/build-manifest.ts';
import { openCheckpoint } from '../../src/convert/checkpoint.ts';
import { packageItems } from '../../src/convert/items.ts';
import { planShards } from '../../src/convert/plan.ts';
import { PRESETS, type PresetName } from '../../src/convert/precision.ts';
import { bytesForCache, largestExpertBudget } from '../../src/engine/processor/memory-needs.ts';
import { requireDevice } from '../../src/engine/runtime/model-needs.ts';
import { MAX_SHARD_BYTES, type Manifest } from '../../src/format/manifest.ts';
import type { TextConfig } from '../../src/format/model-config.ts';
import { parseModelConfig } from '../../src/format/parse-model-config.ts';
import { RandomCheckpoint, shapesOf, type Size } from './random-checkpoint.ts';

const STORED = { expand: false };

function configOf(size: Size): Record<string, unknown> {
  const shapes = shapesOf(size, size === '2B' ? 28 : 48);
  const blocks = { depth: size === '2B' ? 24 : 27, deepstack_visual_indexes: [5, 11, 17] };
  return { ...shapes, vision_config: { ...(shapes['vision_config'] as object), ...blocks } };
}

function textOf(size: Size): TextConfig {
  return parseModelConfig(configOf(size)).text;
}

async function published(size: Size, preset: PresetName): Promise<Manifest> {
  const config = configOf(size);
  const { tensors } = await openCheckpoint(await RandomCheckpoint.open(config));
  const items = packageItems(
    parseModelConfig(config),
    new Binder(tensors, undefined),
    PRESETS[preset],
    new Set(),
  );
  const plans = planShards(items, MAX_SHARD_BYTES);
  return buildManifest(
    preset,
    [],
    plans,
    plans.map(({ bytes }) => ({ sha256: '', bytes })),
  );
}

test('the processor engine holds the whole 2B, with a long conversation', async () => {
  const left = bytesForCache(await published('2B', 'balanced'), textOf('2B'), 'f16');
  expect(left / 1e9).toBeGreaterThan(2);
  const exact = await published('2B', 'exact');
  expect(() => bytesForCache(exact, textOf('2B'), 'f16')).toThrow(
    expect.objectContaining({ code: 'too-large-for-processor' }),
  );
  expect(() => bytesForCache(exact, textOf('2B'), 'f16')).toThrow('a smaller preset may fit');
});

test('the processor engine refuses the 30B whole, names a budget for its experts, and takes that budget', async () => {
  const manifest = await published('30B-A3B', 'balanced');
  const text = textOf('30B-A3B');
  const budget = largestExpertBudget(manifest, text, 'f16')!;
  const named = `at most ${(budget / 1e9).toFixed(1)} GB`;
  expect(() => bytesForCache(manifest, text, 'f16')).toThrow(named);
  expect(() => bytesForCache(manifest, text, 'f16', 4e9)).toThrow(named);
  expect(bytesForCache(manifest, text, 'f16', budget) / 1e9).toBeGreaterThan(0.2);
});

test('a GPU whose shaders take too few buffers refuses a quantised mixture, but not a dense model', async () => {
  const manifest = await published('30B-A3B', 'balanced');
  expect(() => requireDevice(manifest, STORED, { takesFused: true })).not.toThrow();
  expect(() => requireDevice(manifest, STORED, { takesFused: false })).toThrow(
    expect.objectContaining({ code: 'gpu-too-limited' }),
  );
  const dense = await published('2B', 'balanced');
  expect(() => requireDevice(dense, STORED, { takesFused: false })).not.toThrow();
});
