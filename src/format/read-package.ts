// Reads arrays and experts from a package, wherever its bytes are stored. Returns Blobs: joining and slicing
// them copies no bytes, so that a runtime can load weights directly from storage.

import { fail } from '../failure.ts';
import { expertLayer, tensorRanges, type ByteRange, type TensorEntry } from './manifest.ts';
import type { PackageStore } from './package-store.ts';

/** The bytes of one array, in its stored layout. Fails with 'corrupt-shard' when a shard is too short. */
export async function tensorBlob(store: PackageStore, entry: TensorEntry): Promise<Blob> {
  const parts = await Promise.all(tensorRanges(entry).map((range) => rangeBlob(store, range)));
  return parts.length === 1 && parts[0] ? parts[0] : new Blob(parts);
}

/** The bytes of expert `expert` of MoE layer `layer` (the decoder's layer number), with all its parts. */
export async function expertBlob(store: PackageStore, layer: number, expert: number): Promise<Blob> {
  const entry = expertLayer(store.manifest, layer);
  const at = entry.at[expert];
  if (!at) fail('bad-request', `The package holds no expert ${expert} of layer ${layer}.`);
  return rangeBlob(store, { shard: at[0], offset: at[1], bytes: entry.bytes });
}

/** An entry of the manifest by name. Fails with 'bad-manifest' if the package does not contain it. */
export function tensorEntry(store: PackageStore, name: string): TensorEntry {
  const entry = Object.hasOwn(store.manifest.tensors, name) ? store.manifest.tensors[name] : undefined;
  return entry ?? fail('bad-manifest', `The package holds no tensor ${name}.`);
}

async function rangeBlob(store: PackageStore, range: ByteRange): Promise<Blob> {
  const blob = (await store.shard(range.shard)).slice(range.offset, range.offset + range.bytes);
  if (blob.size !== range.bytes) fail('corrupt-shard', `Shard ${range.shard} ends before its contents do.`);
  return blob;
}
