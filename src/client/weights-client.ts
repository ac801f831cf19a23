// The page's side of the weights worker.

import * as Comlink from 'comlink';
import type {
  CatalogueModel,
  CheckUp,
  DeviceFacts,
  ExpectedSpeeds,
  KeptModel,
  ModelRequest,
  Offer,
  Preset,
  StorageFacts,
  WeightsApi,
  WeightsEvent,
  WeightsWalls,
} from '../contract/weights.ts';
import type { HeldEntry } from '../contract/held-entry.ts';
import type { Outcome } from '../failure.ts';
import { KeepForGood } from './keep-for-good.ts';
import { WorkerCalls, type WorkerLike } from './worker-calls.ts';

type OnEvent = (event: WeightsEvent) => void;

export class WeightsClient {
  readonly #calls: WorkerCalls<WeightsApi>;
  readonly #keepForGood = new KeepForGood();

  /** `start` makes a fresh worker that exposes a WeightsApi; `onMissing`: see WorkerCalls. */
  constructor(start: () => WorkerLike, onMissing?: () => void) {
    this.#calls = new WorkerCalls<WeightsApi>('weights', start, onMissing);
  }

  walls(): Promise<Outcome<WeightsWalls>> {
    return this.#calls.call((api) => api.walls());
  }

  list(): Promise<Outcome<KeptModel[]>> {
    return this.#calls.call((api) => api.list());
  }

  storage(): Promise<Outcome<StorageFacts>> {
    return this.#calls.call((api) => api.storage());
  }

  /** The entries of a model that storage refused and that the weights worker holds in memory. */
  held(model: string): Promise<Outcome<HeldEntry[]>> {
    return this.#calls.call((api) => api.held(model));
  }

  catalogue(): Promise<Outcome<Offer[]>> {
    return this.#calls.call((api) => api.catalogue());
  }

  device(): Promise<Outcome<DeviceFacts>> {
    return this.#calls.call((api) => api.device());
  }

  expectSpeeds(model: CatalogueModel): Promise<Outcome<ExpectedSpeeds>> {
    return this.#calls.call((api) => api.expectSpeeds(model));
  }

  readLink(text: string, pageUrl: string, preset: Preset): Promise<Outcome<ModelRequest>> {
    return this.#calls.call((api) => api.readLink(text, pageUrl, preset));
  }

  /** Aborting pauses the download; the same call later resumes it. To discard a paused download, remove the model. */
  download(request: ModelRequest, onEvent: OnEvent, signal: AbortSignal): Promise<Outcome<KeptModel>> {
    const hear = Comlink.proxy(this.#keepForGood.watch(onEvent));
    return this.#calls.run(signal, (api, id) => api.download(id, request, hear));
  }

  importFiles(
    request: ModelRequest,
    files: File[],
    onEvent: OnEvent,
    signal: AbortSignal,
  ): Promise<Outcome<KeptModel>> {
    const hear = Comlink.proxy(this.#keepForGood.watch(onEvent));
    return this.#calls.run(signal, (api, id) => api.importFiles(id, request, files, hear));
  }

  checkUp(model: string, onEvent: OnEvent, signal: AbortSignal): Promise<Outcome<CheckUp>> {
    return this.#calls.run(signal, (api, id) => api.checkUp(id, model, Comlink.proxy(onEvent)));
  }

  remove(model: string): Promise<Outcome<null>> {
    return this.#calls.call((api) => api.remove(model));
  }

  /** Ends the worker; pending calls fail with 'worker-died'. */
  dispose(): void {
    this.#calls.dispose();
  }
}
