// Checks with a model's manifest alone whether a device can run the model, so that a model that cannot run is refused
// before it is loaded, not at the first question.

import { fail } from '../../failure.ts';
import type { Manifest } from '../../format/manifest.ts';
import type { Target } from '../../graph/emitted.ts';
import type { Runtime } from './runtime.ts';

/**
 * WebAssembly addresses 4 GiB. The part beyond this number holds activations, the key-value cache, and space that the
 * heap cannot use.
 */
const PROCESSOR_BYTES = 3.7e9;

/** Prefix of the names of the vision encoder's tensors. */
const VISION = 'model.visual.';

/** The parts of a model that WebAssembly's memory does not hold while the model answers. */
export interface NotHeld {
  /** Whether experts are paged: the slots lie outside of WebAssembly's memory. */
  experts: boolean;
  /** Whether the vision encoder is loaded only for new pictures. */
  vision: boolean;
}

const ALL_HELD: NotHeld = { experts: false, vision: false };

/** Fails with 'too-large-for-processor' or 'gpu-too-limited'. */
export function requireDevice(
  manifest: Manifest,
  target: Target,
  { takesFused }: Pick<Runtime, 'takesFused'>,
  notHeld = ALL_HELD,
): void {
  const hasQuantisedExperts = manifest.experts.some(({ parts }) =>
    parts.some(({ quantization }) => quantization !== undefined),
  );
  if (!takesFused && hasQuantisedExperts && !target.expand) {
    fail('gpu-too-limited', 'Shaders of this device take 8 buffers; a quantised mixture needs 9.');
  }
  if (target.backend !== 'wasm') return;
  const needed = processorBytes(manifest, target, notHeld);
  if (needed > PROCESSOR_BYTES) {
    const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
    fail(
      'too-large-for-processor',
      `On the processor the model needs ${gigabytes(needed)} of memory, more than ${gigabytes(PROCESSOR_BYTES)}.`,
    );
  }
}

/** The bytes of the WebAssembly heap that the weights need, plus those of the largest product with them. */
export function processorBytes(
  manifest: Manifest,
  { expand }: Pick<Target, 'expand'>,
  notHeld = ALL_HELD,
): number {
  let weights = 0;
  let largestMatrix = 0;
  for (const [name, { quantization, shape, bytes }] of Object.entries(manifest.tensors)) {
    if (notHeld.vision && name.startsWith(VISION)) continue;
    if (quantization === undefined) {
      // The heap holds all floats, even scales, in 32 bits.
      if (!expand || !name.endsWith('.scales')) weights += 4 * product(shape);
    } else if (expand) {
      weights += 4 * quantization.rows * quantization.columns;
    } else {
      weights += bytes;
      // onnxruntime's product expands the whole matrix each time.
      largestMatrix = Math.max(largestMatrix, 4 * quantization.rows * quantization.columns);
    }
  }
  return weights + largestMatrix + (notHeld.experts ? 0 : expertBytes(manifest, expand));
}

function expertBytes({ experts }: Manifest, expand: boolean): number {
  let sum = 0;
  for (const { at, parts } of experts) {
    for (const { name, quantization, shape, bytes } of parts) {
      if (quantization === undefined) {
        if (!expand || !name.endsWith('.scales')) sum += at.length * 4 * product(shape);
      } else {
        sum += at.length * (expand ? 4 * quantization.rows * quantization.columns : bytes);
      }
    }
  }
  return sum;
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, each) => all * each, 1);
}
