// For tests: returns the weights of a package in memory as f32, in whatever form they are stored.

import { dequantizeRows } from '../../../src/format/blocks.ts';
import { decodeBF16, decodeF16 } from '../../../src/format/float.ts';
import {
  shardFile,
  tensorRanges,
  type Dtype,
  type ExpertPart,
  type Manifest,
  type Quantization,
} from '../../../src/format/manifest.ts';
import { parseManifest } from '../../../src/format/parse-manifest.ts';
import type { MemorySink } from './memory-ports.ts';

/** Returns all tensors except scales, and each part of each expert under the name `…experts.<expert>.<part>`. */
export function packageValues(sink: MemorySink): Map<string, Float32Array> {
  const manifest = parseManifest(JSON.parse(new TextDecoder().decode(sink.files.get('manifest.json'))));
  const values = new Map<string, Float32Array>();
  for (const [name, { dtype, quantization }] of Object.entries(manifest.tensors)) {
    if (name.endsWith('.scales')) continue;
    const scales = quantization && tensorBytes(sink, manifest, quantization.scales);
    values.set(name, decode(tensorBytes(sink, manifest, name), dtype, quantization, scales));
  }
  for (const { layer, parts, at } of manifest.experts) {
    at.forEach(([shard, start], expert) => {
      const bytesOf = ({ offset, bytes }: ExpertPart) =>
        rangeBytes(sink, manifest, { shard, offset: start + offset, bytes });
      for (const part of parts) {
        if (part.name.endsWith('.scales')) continue;
        const scales = parts.find(({ name }) => name === `${part.name}.scales`);
        values.set(
          `model.language_model.layers.${layer}.mlp.experts.${expert}.${part.name}`,
          decode(bytesOf(part), part.dtype, part.quantization, scales && bytesOf(scales)),
        );
      }
    });
  }
  return values;
}

function tensorBytes(sink: MemorySink, manifest: Manifest, name: string): Uint8Array<ArrayBuffer> {
  const entry = manifest.tensors[name];
  if (!entry) throw new Error(`The package has no ${name}.`);
  const parts = tensorRanges(entry).map((range) => rangeBytes(sink, manifest, range));
  return new Uint8Array(Buffer.concat(parts));
}

function rangeBytes(
  sink: MemorySink,
  manifest: Manifest,
  { shard, offset, bytes }: { shard: number; offset: number; bytes: number },
): Uint8Array<ArrayBuffer> {
  const entry = manifest.shards[shard];
  const file = entry && sink.files.get(shardFile(entry));
  if (!file) throw new Error(`Shard ${shard} was not written.`);
  return file.slice(offset, offset + bytes);
}

function decode(
  bytes: Uint8Array<ArrayBuffer>,
  dtype: Dtype,
  quantization: Omit<Quantization, 'scales'> | undefined,
  scales: Uint8Array<ArrayBuffer> | undefined,
): Float32Array {
  if (quantization && scales) {
    return dequantizeRows(bytes, new Uint16Array(scales.buffer), quantization.columns, quantization);
  }
  if (dtype === 'F32') return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  return dtype === 'BF16' ? decodeBF16(halves) : decodeF16(halves);
}
