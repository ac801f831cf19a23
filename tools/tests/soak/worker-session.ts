// An inspector session for a worker. It is tunnelled through the session of the worker's page, because Playwright opens
// none.

import type { CDPSession } from '@playwright/test';

export class WorkerSession {
  readonly #page: CDPSession;
  readonly #sessionId: string;
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (why: Error) => void }>();
  #calls = 0;
  #snapshot = '';

  constructor(page: CDPSession, sessionId: string) {
    this.#page = page;
    this.#sessionId = sessionId;
    page.on('Target.receivedMessageFromTarget', ({ sessionId: from, message }) => {
      if (from !== sessionId) return;
      const { id, method, params, result, error } = JSON.parse(message) as {
        id?: number;
        method?: string;
        params?: { chunk: string };
        result?: unknown;
        error?: { message: string };
      };
      if (method === 'HeapProfiler.addHeapSnapshotChunk') this.#snapshot += params?.chunk ?? '';
      const call = id === undefined ? undefined : this.#waiting.get(id);
      if (id === undefined || call === undefined) return;
      this.#waiting.delete(id);
      if (error === undefined) call.resolve(result);
      else call.reject(new Error(error.message));
    });
  }

  readonly send = async (method: string, params: object): Promise<unknown> => {
    const id = ++this.#calls;
    const answered = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    await this.#page.send('Target.sendMessageToTarget', {
      sessionId: this.#sessionId,
      message: JSON.stringify({ id, method, params }),
    });
    return answered;
  };

  /** The value of an expression that is evaluated in the worker. */
  async number(expression: string): Promise<number> {
    const answer = await this.send('Runtime.evaluate', { expression, returnByValue: true });
    return (answer as { result: { value: number } }).result.value;
  }

  /** A heap snapshot in V8's format. */
  async heapSnapshot(): Promise<string> {
    this.#snapshot = '';
    await this.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    const text = this.#snapshot;
    this.#snapshot = '';
    return text;
  }

  /** Size of the heap, including the contents of buffers outside it. */
  async heapAndBuffersBytes(): Promise<number> {
    const usage = await this.send('Runtime.getHeapUsage', {});
    const { usedSize, embedderHeapUsedSize, backingStorageSize } = usage as Record<
      'usedSize' | 'embedderHeapUsedSize' | 'backingStorageSize',
      number
    >;
    return usedSize + embedderHeapUsedSize + backingStorageSize;
  }
}
