// Hashes files for the weights worker, each in the buffer it came in, which goes back with the answer.

import { sha256Hex } from '../src/format/sha256.ts';

self.onmessage = async ({ data: bytes }: MessageEvent<Uint8Array<ArrayBuffer>>) => {
  const sha256 = await sha256Hex(bytes);
  self.postMessage({ sha256, bytes }, { transfer: [bytes.buffer] });
};
self.postMessage('ready');
