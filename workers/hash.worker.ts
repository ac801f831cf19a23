// Hashes files for the weights worker, each in the buffer it came in, which goes back with the answer.

import * as Comlink from 'comlink';
import { hashHere, type Hash } from '../src/weights/download/hash.ts';

const hash: Hash = async (bytes) => {
  const hashed = await hashHere(bytes);
  return Comlink.transfer(hashed, [hashed.bytes.buffer]);
};
Comlink.expose(hash);
self.postMessage('ready');
