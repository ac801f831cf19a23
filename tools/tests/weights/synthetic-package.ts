// Serves a package of random bytes, of any size, without writing it to disk: every shard is the same random block with
// its index in the first bytes.

import { createHash, randomFillSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MANIFEST_VERSION, MAX_SHARD_BYTES, shardFile, type Manifest } from '../../../src/format/manifest.ts';

const CHUNK = 1024 * 1024;

export class SyntheticPackage {
  readonly manifest: Manifest;
  readonly #server: Server;
  readonly #block = randomFillSync(Buffer.allocUnsafe(MAX_SHARD_BYTES));

  private constructor(bytes: number) {
    const shards = Array.from({ length: Math.ceil(bytes / MAX_SHARD_BYTES) }, (_, index) => {
      const hash = createHash('sha256').update(first(index)).update(this.#block.subarray(8));
      return { sha256: hash.digest('hex'), bytes: MAX_SHARD_BYTES };
    });
    const nothing = { files: [], tensors: {}, experts: [] };
    const preset = 'random';
    this.manifest = { format: 'darkroom-package', version: MANIFEST_VERSION, preset, shards, ...nothing };
    const indexOf = new Map(shards.map((shard, index) => [`/${shardFile(shard)}`, index]));
    this.#server = createServer((request, response) => {
      response.setHeader('Access-Control-Allow-Origin', '*');
      const index = indexOf.get(request.url ?? '');
      if (request.url === '/manifest.json') return void response.end(JSON.stringify(this.manifest));
      if (index === undefined) return void response.writeHead(404).end();
      response.setHeader('Content-Length', MAX_SHARD_BYTES);
      let at = 8;
      const send = (): void => {
        while (at < MAX_SHARD_BYTES) {
          const chunk = this.#block.subarray(at, (at += CHUNK));
          if (!response.write(chunk)) return void response.once('drain', send);
        }
        response.end();
      };
      response.write(first(index));
      send();
    });
  }

  static async serve(bytes: number): Promise<SyntheticPackage> {
    const served = new SyntheticPackage(bytes);
    await new Promise<void>((done) => {
      served.#server.listen(0, done);
    });
    return served;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/`;
  }

  get shardUrls(): string[] {
    return this.manifest.shards.map((shard) => this.url + shardFile(shard));
  }

  get bytes(): number {
    return this.manifest.shards.reduce((sum, shard) => sum + shard.bytes, 0);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function first(index: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(index);
  return bytes;
}
