// The threads of the processor engine in a browser: workers that each run `workInCrew`. The worker that runs the crew's
// first thread starts them; a browser ends them together with that worker.

import * as Comlink from 'comlink';
import type { SpawnThread } from '../kernels/kernels.ts';
import type { WallReport } from '../policy/walls.ts';
import type { KernelApi } from './kernel-thread.ts';

/** A thread starts within a tenth of a second; this limit leaves time for a very busy device. */
const PATIENCE_MS = 15_000;

export function spawnWith(startWorker: () => Worker): SpawnThread {
  return (start) =>
    new Promise((resolve, reject) => {
      const worker = startWorker();
      const give = (cause: unknown): void => {
        worker.terminate();
        reject(cause instanceof Error ? cause : new Error('The script of a thread did not start.'));
      };
      const timer = setTimeout(give, PATIENCE_MS);
      worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (data !== 'ready') return;
        clearTimeout(timer);
        resolve(() => worker.terminate());
      });
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        give(undefined);
      });
      // The crew notices in its memory that a thread has died; see Kernels.run.
      Comlink.wrap<KernelApi>(worker).work(start).catch(give);
    });
}

/** The walls of the threads, tried in one of them: a thread that computes cannot try any. */
export class KernelWalls {
  readonly #startWorker: () => Worker;
  #report: Promise<WallReport> | undefined;

  constructor(startWorker: () => Worker) {
    this.#startWorker = startWorker;
  }

  /** Empty if no thread can be started, because the engine then starts none either. */
  report(): Promise<WallReport> {
    return (this.#report ??= this.#try());
  }

  async #try(): Promise<WallReport> {
    let worker: Worker | undefined;
    try {
      worker = this.#startWorker();
      const started = worker;
      const failed = new Promise<never>((_, reject) => {
        started.addEventListener('error', (event) => {
          event.preventDefault();
          reject(new Error('The script of a thread did not start.'));
        });
      });
      return await Promise.race([Comlink.wrap<KernelApi>(worker).walls(), failed]);
    } catch {
      return { walls: {}, tookMs: 0 };
    } finally {
      worker?.terminate();
    }
  }
}
