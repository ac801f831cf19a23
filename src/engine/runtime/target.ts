// Decides how a model runs on a runtime: the type of its activations, and whether its quantised weights
// are expanded while loading.

import { fail } from '../../failure.ts';
import type { Manifest } from '../../format/manifest.ts';
import type { Precision, Target } from '../../graph/emitted.ts';
import type { Runtime } from './runtime.ts';

/**
 * If a model has more than this many bytes in f32, WASM keeps its weights quantised, because the WASM heap ends at 4
 * GiB.
 */
const MAX_EXPANDED_BYTES = 1.5 * 2 ** 30;

/** Fails with 'bad-request' if the device lacks the requested precision. */
export function chooseTarget(
  manifest: Manifest,
  runtime: Pick<Runtime, 'backend' | 'precisions'>,
  asked: { precision?: Precision; expand?: boolean },
): Target {
  const precision = asked.precision ?? runtime.precisions[0] ?? 'f32';
  if (!runtime.precisions.includes(precision)) {
    fail('bad-request', `This device does not compute in ${precision}.`);
  }
  const expand =
    asked.expand ?? (runtime.backend === 'wasm' && expandedBytes(manifest) <= MAX_EXPANDED_BYTES);
  return { backend: runtime.backend, precision, expand };
}

/** Bytes of all weights in f32. */
export function expandedBytes(manifest: Manifest): number {
  let elements = 0;
  for (const [name, { quantization, shape }] of Object.entries(manifest.tensors)) {
    if (quantization !== undefined) elements += quantization.rows * quantization.columns;
    else if (!name.endsWith('.scales')) elements += product(shape);
  }
  for (const { at, parts } of manifest.experts) {
    for (const { name, quantization, shape } of parts) {
      if (quantization !== undefined) elements += at.length * quantization.rows * quantization.columns;
      else if (!name.endsWith('.scales')) elements += at.length * product(shape);
    }
  }
  return 4 * elements;
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, each) => all * each, 1);
}
