// Checks a package's shards against the hashes in their names.

import { createHash } from 'node:crypto';
import { fail } from '../failure.ts';
import { shardFile } from '../format/manifest.ts';
import type { PackageStore } from '../format/package-store.ts';

/** Reads every shard. Fails with 'corrupt-shard', naming the first shard that does not match. */
export async function verifyShards(store: Pick<PackageStore, 'manifest' | 'shard'>): Promise<void> {
  for (const [index, shard] of store.manifest.shards.entries()) {
    const hash = createHash('sha256');
    const reader = (await store.shard(index)).stream().getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) hash.update(read.value);
    if (hash.digest('hex') !== shard.sha256) {
      fail('corrupt-shard', `${shardFile(shard)} does not match its hash; convert or download it again.`);
    }
  }
}
