// What a page and its workers hold, as the browser's own inspector counts it after collecting garbage.

import type { CDPSession, Page } from '@playwright/test';
import { WorkerSession } from './worker-session.ts';

/** Bytes, or how many are alive. */
export interface Holdings {
  pageHeapBytes: number;
  workerHeapBytes: number;
  wasmBytes: number;
  gpuBytes: number;
  gpuBuffers: number;
  messagePorts: number;
  objectUrls: number;
  domNodes: number;
  eventListeners: number;
}

const OBJECT_URLS = 'objectUrlsOfTheSoak';

export class Inspector {
  readonly #page: Page;
  readonly #session: CDPSession;
  readonly #workers: Map<string, WorkerSession>;

  private constructor(page: Page, session: CDPSession, workers: Map<string, WorkerSession>) {
    this.#page = page;
    this.#session = session;
    this.#workers = workers;
  }

  /** To be called before the page goes anywhere. */
  static async attach(page: Page): Promise<Inspector> {
    await page.addInitScript((name) => {
      const alive = new Set<string>();
      Object.assign(window, { [name]: alive });
      const create = URL.createObjectURL.bind(URL);
      const revoke = URL.revokeObjectURL.bind(URL);
      URL.createObjectURL = (object) => {
        const url = create(object);
        alive.add(url);
        return url;
      };
      URL.revokeObjectURL = (url) => {
        alive.delete(url);
        revoke(url);
      };
    }, OBJECT_URLS);
    const session = await page.context().newCDPSession(page);
    const workers = new Map<string, WorkerSession>();
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'worker') workers.set(sessionId, new WorkerSession(session, sessionId));
    });
    session.on('Target.detachedFromTarget', ({ sessionId }) => workers.delete(sessionId));
    await session.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
    await session.send('Performance.enable');
    return new Inspector(page, session, workers);
  }

  async look(): Promise<Holdings> {
    await this.#collect();
    const { metrics } = await this.#session.send('Performance.getMetrics');
    const metric = (name: string): number => metrics.find((one) => one.name === name)?.value ?? NaN;
    const objectUrls = await this.#page.evaluate(
      (name) => (Reflect.get(window, name) as Set<string>).size,
      OBJECT_URLS,
    );
    const page = (method: string, params: object): Promise<unknown> =>
      this.#session.send(method as 'Runtime.evaluate', params as { expression: string });
    const holdings: Holdings = {
      pageHeapBytes: metric('JSHeapUsedSize'),
      workerHeapBytes: 0,
      wasmBytes: 0,
      gpuBytes: 0,
      gpuBuffers: 0,
      messagePorts: await sumOver(page, 'MessagePort', '1'),
      objectUrls,
      domNodes: metric('Nodes'),
      eventListeners: metric('JSEventListeners'),
    };
    for (const worker of this.#workers.values()) {
      const { usedSize } = await worker.heapUsage();
      holdings.workerHeapBytes += usedSize;
      holdings.wasmBytes += await sumOver(worker.send, 'WebAssembly.Memory', 'each.buffer.byteLength');
      holdings.gpuBytes += await sumOver(worker.send, 'globalThis.GPUBuffer', 'each.size');
      holdings.gpuBuffers += await sumOver(worker.send, 'globalThis.GPUBuffer', '1');
      holdings.messagePorts += await sumOver(worker.send, 'MessagePort', '1');
    }
    return holdings;
  }

  /** Several rounds: what a finaliser lets go of is collected in the next one. */
  async #collect(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      await this.#session.send('HeapProfiler.collectGarbage');
      for (const worker of this.#workers.values()) await worker.send('HeapProfiler.collectGarbage', {});
      await this.#page.waitForTimeout(200);
    }
  }
}

type Send = (method: string, params: object) => Promise<unknown>;

/** Sums an expression over all living objects of a class, in a realm. */
async function sumOver(send: Send, className: string, expression: string): Promise<number> {
  const group = { objectGroup: 'soak' };
  const found = await send('Runtime.evaluate', { expression: `${className}?.prototype`, ...group });
  const prototypeObjectId = idOf(found, 'result');
  if (prototypeObjectId === undefined) return 0;
  const objects = await send('Runtime.queryObjects', { prototypeObjectId, ...group });
  const sum = await send('Runtime.callFunctionOn', {
    objectId: idOf(objects, 'objects'),
    functionDeclaration: `function () { return this.reduce((sum, each) => sum + ${expression}, 0); }`,
    returnByValue: true,
  });
  await send('Runtime.releaseObjectGroup', group);
  return (sum as { result: { value: number } }).result.value;
}

function idOf(answer: unknown, field: 'result' | 'objects'): string | undefined {
  return (answer as Record<typeof field, { objectId?: string } | undefined>)[field]?.objectId;
}
