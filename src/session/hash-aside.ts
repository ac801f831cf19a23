// Computes SHA-256 on a separate thread. WebCrypto hashes on the calling thread (Chromium 156): a shard of 64 MB blocks
// that thread for a tenth of a second, in which no data is read from the network.

import * as Comlink from 'comlink';
import type { WallReport } from '../policy/walls.ts';
import { hashingHere, type Extend, type Hash, type Hashing } from '../weights/download/hash.ts';

/** The API of the hash worker. */
export interface HashApi extends Hashing {
  walls(): Promise<WallReport>;
}

export class HashAside implements Hashing {
  readonly #script: string;
  #begun: Promise<Begun | undefined> | undefined;

  /** `script`: the trusted address of the hash worker. */
  constructor(script: string) {
    this.#script = script;
  }

  /** Starts the worker at the first call; hashes on the caller's thread if the worker cannot be started. */
  readonly hash: Hash = async (bytes) => {
    const begun = await this.#begin();
    return begun === undefined
      ? hashingHere.hash(bytes)
      : begun.api.hash(Comlink.transfer(bytes, [bytes.buffer]));
  };

  readonly extend: Extend = async (state, bytes) => {
    const begun = await this.#begin();
    return begun === undefined
      ? hashingHere.extend(state, bytes)
      : begun.api.extend(state, Comlink.transfer(bytes, [bytes.buffer]));
  };

  /** The hash worker's report about its own walls; an empty report if there is no such worker. */
  async walls(): Promise<WallReport> {
    return (await (await this.#begin())?.api.walls()) ?? { walls: {}, tookMs: 0 };
  }

  #begin(): Promise<Begun | undefined> {
    return (this.#begun ??= begin(this.#script));
  }
}

/** The proxy is wrapped in an object, because a promise would treat a Comlink proxy as another promise. */
interface Begun {
  api: Comlink.Remote<HashApi>;
}

function begin(script: string): Promise<Begun | undefined> {
  const worker = new Worker(script, { type: 'module' });
  // This worker passes the hash worker's policy violations on to the page.
  worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'object' && data !== null && 'violation' in data)
      self.postMessage({ violation: data.violation, realm: 'hash' });
  });
  return new Promise((resolve) => {
    worker.onmessage = () => {
      worker.onmessage = null;
      resolve({ api: Comlink.wrap<HashApi>(worker) });
    };
    worker.onerror = () => resolve(undefined);
  });
}
