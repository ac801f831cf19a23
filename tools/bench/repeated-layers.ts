// A package that repeats the layers of a smaller package, for measurements of large models that would take long to
// convert. Each repeated layer has separate shards, because a store keeps equal shards only once.

import type { Manifest, TensorEntry } from '../../src/format/manifest.ts';

export interface RepeatedPackage {
  manifest: Manifest;
  /** For each shard, the shard of the smaller package that holds its bytes. */
  sources: number[];
}

const LAYER = /^(model\.language_model\.layers\.)(\d+)(\..*)$/;

/** All layers must be mixture layers. The caller replaces config.json. */
export function repeatLayers(small: Manifest, layers: number): RepeatedPackage {
  const period = small.experts.length;
  const shards = [...small.shards];
  const sources = small.shards.map((_, index) => index);
  const known = new Map<string, number>();
  const shardOf = (index: number, copy: number): number => {
    const key = `${copy}.${index}`;
    const shard = copy === 0 ? index : known.get(key);
    if (shard !== undefined) return shard;
    known.set(key, shards.length);
    const { sha256, bytes } = small.shards[index]!;
    shards.push({ sha256: copy.toString(16).padStart(4, '0') + sha256.slice(4), bytes });
    return sources.push(index) - 1;
  };
  const moved = (entry: TensorEntry, layer: number, copy: number): TensorEntry => ({
    ...entry,
    shard: shardOf(entry.shard, copy),
    ...(entry.rest && { rest: entry.rest.map((range) => ({ ...range, shard: shardOf(range.shard, copy) })) }),
    ...(entry.quantization && {
      quantization: { ...entry.quantization, scales: renamed(entry.quantization.scales, layer) },
    }),
  });
  const tensors: Record<string, TensorEntry> = {};
  for (const [name, entry] of Object.entries(small.tensors)) {
    const first = Number(LAYER.exec(name)?.[2] ?? NaN);
    if (Number.isNaN(first)) tensors[name] = entry;
    for (let layer = first; layer < layers; layer += period) {
      tensors[renamed(name, layer)] = moved(entry, layer, Math.floor(layer / period));
    }
  }
  const experts = Array.from({ length: layers }, (_, layer) => {
    const entry = small.experts[layer % period]!;
    const copy = Math.floor(layer / period);
    const at = entry.at.map(([shard, offset]): [number, number] => [shardOf(shard, copy), offset]);
    return { ...entry, layer, at };
  });
  return { manifest: { ...small, shards, tensors, experts }, sources };
}

function renamed(name: string, layer: number): string {
  return name.replace(LAYER, (_, before: string, __, after: string) => `${before}${layer}${after}`);
}
