// The page's side of the weights worker. Also asks the browser to keep the storage for good, which only
// a page may.

import * as Comlink from 'comlink';
import type {
  CatalogueModel,
  CheckUp,
  ExpectedSpeed,
  KeptModel,
  ModelRequest,
  Offer,
  Persistence,
  Preset,
  StorageFacts,
  WeightsApi,
  WeightsEvent,
} from '../contract/weights.ts';
import type { Outcome } from '../failure.ts';
import { WorkerCalls, type WorkerLike } from './worker-calls.ts';

type OnEvent = (event: WeightsEvent) => void;

export class WeightsClient {
  readonly #calls: WorkerCalls<WeightsApi>;

  /** `start` makes a fresh worker that exposes a WeightsApi. */
  constructor(start: () => WorkerLike) {
    this.#calls = new WorkerCalls<WeightsApi>('weights', start);
  }

  list(): Promise<Outcome<KeptModel[]>> {
    return this.#calls.call((api) => api.list());
  }

  storage(): Promise<Outcome<StorageFacts>> {
    return this.#calls.call((api) => api.storage());
  }

  catalogue(url: string): Promise<Outcome<Offer[]>> {
    return this.#calls.call((api) => api.catalogue(url));
  }

  expectSpeed(model: CatalogueModel): Promise<Outcome<ExpectedSpeed | null>> {
    return this.#calls.call((api) => api.expectSpeed(model));
  }

  readLink(text: string, pageUrl: string, preset: Preset): Promise<Outcome<ModelRequest>> {
    return this.#calls.call((api) => api.readLink(text, pageUrl, preset));
  }

  /** Aborting is a pause: the same call later goes on. To cancel for good, remove the model after it. */
  async download(request: ModelRequest, onEvent: OnEvent, signal: AbortSignal): Promise<Outcome<KeptModel>> {
    if (signal.aborted) return { kind: 'stopped' };
    onEvent({ kind: 'persistence', answer: await askToPersist() });
    return this.#calls.run(signal, (api, id) => api.download(id, request, Comlink.proxy(onEvent)));
  }

  async importFiles(
    request: ModelRequest,
    files: File[],
    onEvent: OnEvent,
    signal: AbortSignal,
  ): Promise<Outcome<KeptModel>> {
    onEvent({ kind: 'persistence', answer: await askToPersist() });
    return this.#calls.run(signal, (api, id) => api.importFiles(id, request, files, Comlink.proxy(onEvent)));
  }

  checkUp(model: string, onEvent: OnEvent, signal: AbortSignal): Promise<Outcome<CheckUp>> {
    return this.#calls.run(signal, (api, id) => api.checkUp(id, model, Comlink.proxy(onEvent)));
  }

  remove(model: string): Promise<Outcome<null>> {
    return this.#calls.call((api) => api.remove(model));
  }

  /** Ends the worker; calls that wait fail with 'worker-died'. */
  dispose(): void {
    this.#calls.dispose();
  }
}

/** Without a yes, the browser may clear the storage when space runs short or nobody comes for a week. */
async function askToPersist(): Promise<Persistence> {
  // Absent in Node, and in pages without a secure context.
  if (!('navigator' in globalThis) || !('storage' in navigator)) return 'unavailable';
  return (await navigator.storage.persist()) ? 'granted' : 'refused';
}
