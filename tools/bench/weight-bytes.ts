// Computes the lower bound of a decode step: the bytes of weights that one token must read, in the form in which the
// engine holds them. The KV cache and activations are small by comparison at bench lengths.

import type { Engine } from '../../src/engine/engine.ts';
import type { Manifest } from '../../src/format/manifest.ts';
import type { Target } from '../../src/graph/emitted.ts';

/**
 * The bytes of all decoder weights except experts. An embedding that is not also the head is left out, because only one
 * of its rows is read per token.
 */
export function weightBytes(manifest: Manifest, target: Target): number {
  const floatBytes = target.precision === 'f32' ? 4 : 2;
  const hasHead = manifest.tensors['lm_head.weight'] !== undefined;
  let bytes = 0;
  for (const [name, { quantization, shape, bytes: stored }] of Object.entries(manifest.tensors)) {
    if (name.startsWith('model.visual.')) continue;
    if (hasHead && name.includes('embed_tokens')) continue;
    if (quantization === undefined) {
      if (!target.expand || !name.endsWith('.scales')) bytes += floatBytes * product(shape);
    } else {
      bytes += target.expand ? floatBytes * quantization.rows * quantization.columns : stored;
    }
  }
  return bytes;
}

/**
 * The bytes of an embedding that is not also the head: the memory holds all of it, but only one row is read per token.
 */
export function embeddingBytes({ tensors }: Manifest, { precision }: Target): number {
  if (tensors['lm_head.weight'] === undefined) return 0;
  const held = Object.entries(tensors).filter(([name]) => name.includes('embed_tokens'));
  const floatBytes = precision === 'f32' ? 4 : 2;
  return held.reduce(
    (sum, [, { quantization, shape, bytes }]) =>
      sum + (quantization === undefined ? floatBytes * product(shape) : bytes),
    0,
  );
}

/** Bytes of the experts that one token chooses, over all layers. */
export function expertBytesPerToken(manifest: Manifest, { files, target }: Engine): number {
  const chosen = files.config.text.moe?.expertsPerToken ?? 0;
  let bytes = 0;
  for (const { parts } of manifest.experts) {
    for (const { name, quantization, shape, bytes: stored } of parts) {
      const elements = quantization === undefined ? product(shape) : quantization.rows * quantization.columns;
      if (name.endsWith('.scales') && target.expand) continue;
      const held =
        target.expand || quantization === undefined
          ? elements * (target.precision === 'f32' ? 4 : 2)
          : stored;
      bytes += chosen * held;
    }
  }
  return bytes;
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, each) => all * each, 1);
}
