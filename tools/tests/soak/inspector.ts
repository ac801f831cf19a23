// Measures the memory and objects of a page and its workers, with the browser's own inspector, after a garbage
// collection. WASM memories and GPU buffers are counted in the workers, when they are created.

/* eslint-disable @typescript-eslint/unbound-method -- each is called on its own object again */
import type { CDPSession, Page } from '@playwright/test';
import { heldByScripts, type HeldByScripts } from './heap-snapshot.ts';
import { WorkerSession } from './worker-session.ts';

/** Each figure is in bytes, or a number of live objects. */
export interface Holdings {
  /** Heap that scripts hold, without compiled code. */
  pageHeapBytes: number;
  workerHeapBytes: number;
  /** Sum over the page and its workers. */
  arrayBuffers: number;
  wasmBytes: number;
  gpuBytes: number;
  gpuBuffers: number;
  /** The page's workers and the threads that they have started. */
  workers: number;
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
  /** The sessions of all workers and threads that have not ended. */
  readonly #alive: ReadonlySet<string>;

  private constructor(
    page: Page,
    session: CDPSession,
    workers: Map<string, WorkerSession>,
    alive: ReadonlySet<string>,
  ) {
    this.#page = page;
    this.#session = session;
    this.#workers = workers;
    this.#alive = alive;
  }

  /** Must be called before the page navigates anywhere. */
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
    const alive = new Set<string>();
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      alive.add(sessionId);
      const worker = new WorkerSession(session, sessionId);
      // Threads that compute block while they wait for work, so they never answer an inspector. They own no objects.
      if (/\/(inference|weights|media)\.worker/.test(targetInfo.url)) workers.set(sessionId, worker);
      void worker.send('Runtime.evaluate', { expression: COUNT });
      void worker.send('Runtime.runIfWaitingForDebugger', {});
    });
    session.on('Target.detachedFromTarget', ({ sessionId }) => {
      workers.delete(sessionId);
      alive.delete(sessionId);
    });
    await session.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: true,
      flatten: false,
    });
    await session.send('Performance.enable');
    return new Inspector(page, session, workers, alive);
  }

  async look(): Promise<Holdings> {
    await this.#collect();
    const { metrics } = await this.#session.send('Performance.getMetrics');
    const metric = (name: string): number => metrics.find((one) => one.name === name)?.value ?? NaN;
    const objectUrls = await this.#page.evaluate(
      (name) => (Reflect.get(window, name) as Set<string>).size,
      OBJECT_URLS,
    );
    const page = await this.#heldByPage();
    const holdings: Holdings = {
      pageHeapBytes: page.bytes,
      workerHeapBytes: 0,
      arrayBuffers: page.arrayBuffers,
      wasmBytes: 0,
      gpuBytes: 0,
      gpuBuffers: 0,
      workers: this.#alive.size,
      messagePorts: await this.#countAll('MessagePort'),
      objectUrls,
      domNodes: await this.#countNodes(),
      eventListeners: metric('JSEventListeners'),
    };
    for (const worker of this.#workers.values()) {
      const held = heldByScripts(await worker.heapSnapshot());
      holdings.workerHeapBytes += held.bytes;
      holdings.arrayBuffers += held.arrayBuffers;
      holdings.wasmBytes += await worker.number('soak.wasmBytes()');
      holdings.gpuBytes += await worker.number('soak.gpuBytes()');
      holdings.gpuBuffers += await worker.number('soak.gpu.size');
    }
    return holdings;
  }

  /**
   * The nodes in the document, and the nodes that a script still holds. The browser's own count also includes two nodes
   * for every text that was ever typed, because of its undo history.
   */
  async #countNodes(): Promise<number> {
    await this.#page.evaluate(() => {
      const walker = document.createTreeWalker(document);
      while (walker.nextNode() !== null);
    });
    return this.#countAll('Node');
  }

  /**
   * The live objects of a class in the page. For message ports, the count is of the page's end of every channel to a
   * worker.
   */
  async #countAll(className: 'MessagePort' | 'Node'): Promise<number> {
    const group = { objectGroup: 'soak' };
    const { result } = await this.#session.send('Runtime.evaluate', {
      expression: `${className}.prototype`,
      ...group,
    });
    const { objects } = await this.#session.send('Runtime.queryObjects', {
      prototypeObjectId: result.objectId ?? '',
      ...group,
    });
    const counted = await this.#session.send('Runtime.callFunctionOn', {
      objectId: objects.objectId ?? '',
      functionDeclaration: `function () {
        return this.filter((each) => {
          // Prototypes inherit from the class without being instances of it, so this access throws for them.
          try { return each.nodeType !== Node.ATTRIBUTE_NODE; } catch { return false; }
        }).length;
      }`,
      returnByValue: true,
    });
    await this.#session.send('Runtime.releaseObjectGroup', group);
    return counted.result.value as number;
  }

  async #heldByPage(): Promise<HeldByScripts> {
    let text = '';
    const take = ({ chunk }: { chunk: string }): void => {
      text += chunk;
    };
    this.#session.on('HeapProfiler.addHeapSnapshotChunk', take);
    await this.#session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    this.#session.off('HeapProfiler.addHeapSnapshotChunk', take);
    return heldByScripts(text);
  }

  /** Runs several rounds, because objects that a finaliser releases are collected in the next round. */
  async #collect(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      await this.#session.send('HeapProfiler.collectGarbage');
      for (const worker of this.#workers.values()) await worker.send('HeapProfiler.collectGarbage', {});
      await this.#page.waitForTimeout(200);
    }
  }
}

/** The TypeScript runner names functions through a helper, `__name`, which the worker lacks. */
const COUNT = `{ const __name = (each) => each; (${count.toString()})(); }`;

/** Runs in a worker before anything else does. */
function count(): void {
  const memories: WeakRef<WebAssembly.Memory>[] = [];
  const gpu = new Map<GPUBuffer, number>();
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(target, [descriptor]: [WebAssembly.MemoryDescriptor]) {
      const memory = new target(descriptor);
      memories.push(new WeakRef(memory));
      return memory;
    },
  });
  // GPUDevice does not exist before the worker's script begins; the script's first call is to addEventListener.
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (...args: Parameters<typeof listen>): void {
    EventTarget.prototype.addEventListener = listen;
    countGpu();
    listen.apply(this, args);
  };
  const countGpu = (): void => {
    if (!('GPUDevice' in globalThis)) return;
    const create = GPUDevice.prototype.createBuffer;
    GPUDevice.prototype.createBuffer = function (descriptor) {
      const buffer = create.call(this, descriptor);
      gpu.set(buffer, descriptor.size);
      return buffer;
    };
    const destroy = GPUBuffer.prototype.destroy;
    GPUBuffer.prototype.destroy = function (): undefined {
      gpu.delete(this);
      destroy.call(this);
    };
  };
  Object.assign(globalThis, {
    soak: {
      gpu,
      wasmBytes: () => memories.reduce((sum, each) => sum + (each.deref()?.buffer.byteLength ?? 0), 0),
      gpuBytes: () => Array.from(gpu.values()).reduce((sum, bytes) => sum + bytes, 0),
    },
  });
}
