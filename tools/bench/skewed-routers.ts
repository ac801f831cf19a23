// Random routers choose all experts equally often; trained ones have favourites. This store scales each router row by a
// random factor, drawn once per layer and expert, so that some experts are chosen far more often.

import { randomGenerator } from '../../src/engine/answer/random.ts';
import { decodeF16, encodeF16 } from '../../src/format/float.ts';
import { tensorRanges } from '../../src/format/manifest.ts';
import type { PackageStore } from '../../src/format/package-store.ts';
import { tensorBlob } from '../../src/format/read-package.ts';

/** `spread` scales the factors' logarithms. Routers must be stored as F16 and in one piece. */
export async function withSkewedRouters(store: PackageStore, spread: number): Promise<PackageStore> {
  if (spread === 0) return store;
  const changed = new Map<number, { offset: number; bytes: Uint8Array<ArrayBuffer> }[]>();
  const random = randomGenerator(5);
  for (const [name, entry] of Object.entries(store.manifest.tensors)) {
    if (!name.endsWith('.mlp.gate.weight')) continue;
    const [rows = 0, columns = 0] = entry.shape;
    const [range] = tensorRanges(entry);
    const blob = await tensorBlob(store, entry);
    const values = decodeF16(new Uint16Array(await blob.arrayBuffer()));
    for (let row = 0; row < rows; row++) {
      const normal = (random() + random() + random() - 1.5) * 2;
      const factor = Math.exp(spread * normal);
      for (let i = row * columns; i < (row + 1) * columns; i++) values[i] = values[i]! * factor;
    }
    const bytes = new Uint8Array(encodeF16(values).buffer.slice(0) as ArrayBuffer);
    const of = changed.get(range!.shard) ?? [];
    of.push({ offset: range!.offset, bytes });
    changed.set(range!.shard, of);
  }
  const patched = async (index: number): Promise<Blob> => {
    const blob = await store.shard(index);
    const patches = (changed.get(index) ?? []).sort((a, b) => a.offset - b.offset);
    const parts: (Blob | Uint8Array<ArrayBuffer>)[] = [];
    let at = 0;
    for (const { offset, bytes } of patches) {
      parts.push(blob.slice(at, offset), bytes);
      at = offset + bytes.length;
    }
    return parts.length === 0 ? blob : new Blob([...parts, blob.slice(at)]);
  };
  // A new Blob copies the patches, so each shard is patched once.
  const shards = new Map<number, Promise<Blob>>();
  return {
    manifest: store.manifest,
    file: (name) => store.file(name),
    shard(index) {
      const shard = shards.get(index) ?? patched(index);
      shards.set(index, shard);
      return shard;
    },
  };
}
