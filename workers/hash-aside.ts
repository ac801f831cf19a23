// SHA-256 on a thread of its own. WebCrypto hashes on the thread that asks (Chromium 156): of a shard's 64 MB
// that is a tenth of a second in which nothing is taken from the network.

import * as Comlink from 'comlink';
import { hashHere, type Hash } from '../src/weights/download/hash.ts';

/** Begins its worker at the first call; hashes on the caller's thread where the worker cannot be had. */
export function hashAside(): Hash {
  let begun: Promise<Hash> | undefined;
  return async (bytes) => (await (begun ??= begin()))(bytes);
}

function begin(): Promise<Hash> {
  const worker = new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve) => {
    worker.onmessage = () => {
      worker.onmessage = null;
      const hash = Comlink.wrap<Hash>(worker);
      resolve((bytes) => hash(Comlink.transfer(bytes, [bytes.buffer])));
    };
    worker.onerror = () => resolve(hashHere);
  });
}
