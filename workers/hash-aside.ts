// SHA-256 on a thread of its own. WebCrypto hashes on the thread that asks (Chromium 156): of a shard's 64 MB
// that is a tenth of a second in which nothing is taken from the network.

import { hashHere, type Hash, type Hashed } from '../src/weights/hash.ts';

/** Begins its worker at the first call; hashes on the caller's thread where the worker cannot be had. */
export function hashAside(): Hash {
  let begun: Promise<Worker | undefined> | undefined;
  const asked: ((hashed: Hashed) => void)[] = [];
  return async (bytes) => {
    const worker = await (begun ??= begin());
    if (worker === undefined) return hashHere(bytes);
    return new Promise((resolve) => {
      // One after the other, in order.
      worker.onmessage = ({ data }: MessageEvent<Hashed>) => asked.shift()?.(data);
      asked.push(resolve);
      worker.postMessage(bytes, [bytes.buffer]);
    });
  };
}

function begin(): Promise<Worker | undefined> {
  const worker = new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve) => {
    worker.onmessage = () => resolve(worker);
    worker.onerror = () => resolve(undefined);
  });
}
