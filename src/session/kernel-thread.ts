// What a kernel worker does: it is one thread of the processor engine, which computes or reads.

import { workInCrew, type ThreadStart } from '../kernels/kernels.ts';
import type { WallReport } from '../policy/walls.ts';
import type { ReaderApi } from './blob-reading.ts';

/** The API of a kernel worker. */
export interface KernelApi extends ReaderApi {
  /** Tries the worker's walls. */
  walls(): Promise<WallReport>;
  /** Sends 'ready' when the thread is ready, and returns when the crew ends. No other call reaches it until then. */
  work(start: ThreadStart): Promise<void>;
}

/** `KernelApi.work` in this worker. A message passes while the thread waits for work; an answer to a call would not. */
export function work(start: ThreadStart): Promise<void> {
  return workInCrew(start, () => self.postMessage('ready'));
}
