// The store port, from which the bytes of one package are read. There is an implementation for a folder, a server and
// IndexedDB; the engine knows nothing else about storage.

import type { Manifest } from './manifest.ts';

export interface PackageStore {
  readonly manifest: Manifest;
  /** A side file's bytes. Fails with 'missing-file'. */
  file(name: string): Promise<Uint8Array>;
  /** Shard `index` as a Blob. Slicing it reads no bytes, and reading a slice loads only that slice. */
  shard(index: number): Promise<Blob>;
}
