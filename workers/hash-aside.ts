// SHA-256 on a thread of its own. WebCrypto hashes on the thread that asks (Chromium 156): of a shard's 64 MB
// that is a tenth of a second in which nothing is taken from the network.

import * as Comlink from 'comlink';
import type { WallReport } from '../src/policy/walls.ts';
import { hashingHere, type Extend, type Hash, type Hashing } from '../src/weights/download/hash.ts';
import type { HashApi } from './hash.worker.ts';
import hashScript from './hash.worker.ts?worker&url';

export const HASH_SCRIPT = hashScript;

export class HashAside implements Hashing {
  readonly #script: string;
  #begun: Promise<Begun | undefined> | undefined;

  /** `script`: HASH_SCRIPT, which the worker's policy trusts. */
  constructor(script: string) {
    this.#script = script;
  }

  /** Begins the worker at the first call; hashes on the caller's thread if the worker cannot be had. */
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

  /** What the worker found when it tried its own walls; nothing if there is none. */
  async walls(): Promise<WallReport> {
    return (await (await this.#begin())?.api.walls()) ?? { walls: {}, tookMs: 0 };
  }

  #begin(): Promise<Begun | undefined> {
    return (this.#begun ??= begin(this.#script));
  }
}

/** In an object, as a promise would take Comlink's proxy itself for another promise. */
interface Begun {
  api: Comlink.Remote<HashApi>;
}

function begin(script: string): Promise<Begun | undefined> {
  const worker = new Worker(script, { type: 'module' });
  // The page hears of the policy's violations there by way of this worker.
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
