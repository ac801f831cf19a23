// Computes the sizes of a package that decide whether it fits a device, from its manifest and its config.json.

import type { CatalogueModel } from '../contract/weights.ts';
import { expertBytes, type Manifest } from '../format/manifest.ts';
import type { ModelConfig } from '../format/model-config.ts';

/** The sizes that `fit` compares with the device. */
export type ModelSizes = Pick<
  CatalogueModel,
  'storedBytes' | 'expertBytes' | 'halfBytes' | 'cacheBytesPerToken' | 'largestArrayBytes'
>;

export function packageSizes(manifest: Manifest, { text }: ModelConfig): ModelSizes {
  const { files, shards, tensors, experts } = manifest;
  const arrays = Object.values(tensors);
  const parts = experts.flatMap(({ parts, at }) => at.flatMap(() => parts));
  const half = [...arrays, ...parts].filter(({ dtype }) => dtype === 'F16' || dtype === 'BF16');
  return {
    storedBytes: sum([...files, ...shards].map(({ bytes }) => bytes)),
    expertBytes: expertBytes(manifest),
    halfBytes: sum(half.map(({ bytes }) => bytes)),
    // Keys and values, in 16 bits.
    cacheBytesPerToken: 2 * 2 * text.layers * text.kvHeads * text.headDim,
    largestArrayBytes: Math.max(...arrays.map(({ bytes }) => bytes)),
  };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
