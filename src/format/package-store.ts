// The store port: where the bytes of one package are read from. The engine knows nothing else about
// storage; a folder, a server and IndexedDB each implement it.

import type { Manifest } from './manifest.ts';

export interface PackageStore {
  readonly manifest: Manifest;
  /** A side file's bytes. Fails with 'missing-file'. */
  file(name: string): Promise<Uint8Array>;
  /** Shard `index` as a Blob: slicing it moves no byte, reading a slice moves only that slice. */
  shard(index: number): Promise<Blob>;
}
