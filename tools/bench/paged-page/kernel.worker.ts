// A kernel worker of the bench: a thread that computes, or one that reads.

import * as Comlink from 'comlink';
import { workInCrew, type ThreadStart } from '../../../src/kernels/kernels.ts';
import { BlobReading } from '../../../src/session/blob-reading.ts';

const reading = new BlobReading();

Comlink.expose({
  work: (start: ThreadStart) => workInCrew(start, () => self.postMessage('ready')),
  share: (memory: WebAssembly.Memory) => reading.share(memory),
  read: (blob: Blob, address: number) => reading.read(blob, address),
});
