// Starts kernel workers that read Blobs into the kernels' memory. A browser ends them together with this worker.

import * as Comlink from 'comlink';
import type { BlobReader, OpenReader } from '../engine/processor/blob-reader.ts';
import type { ReaderApi } from './blob-reading.ts';

export function readWith(startWorker: () => Worker): OpenReader {
  return async (memory) => {
    const worker = startWorker();
    const died = new Promise<never>((_, reject) => {
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        reject(new Error('The thread that reads experts died.'));
      });
    });
    died.catch(() => undefined);
    const api = Comlink.wrap<ReaderApi>(worker);
    const reader: BlobReader = {
      read: (blob, address) => Promise.race([api.read(blob, address), died]),
      dispose: () => worker.terminate(),
    };
    try {
      await Promise.race([api.share(memory), died]);
    } catch (error) {
      worker.terminate();
      throw error;
    }
    return reader;
  };
}
