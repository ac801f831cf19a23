// The interface that the harness page offers to tests. Types only.

import type {
  CheckUp,
  KeptModel,
  ModelRequest,
  Offer,
  StorageFacts,
  WeightsEvent,
} from '../../../src/contract/weights.ts';
import type { FailureInfo, Outcome } from '../../../src/failure.ts';

export interface Ran<T> {
  outcome: Outcome<T>;
  /** The events of the run. Progress events are reduced to changes of activity. */
  events: WeightsEvent[];
}

export interface StoredFile {
  /** The hash in the key, the hash of the stored bytes, and whether storage has a record of the file. */
  sha256: string;
  actual: string;
  bytes: number;
  noted: boolean;
}

export interface Answered {
  tokens: number[];
  failure: FailureInfo | null;
}

export interface EngineApi {
  answer(from: { url: string } | { id: string }): Promise<Answered>;
}

/** All results are in seconds for the whole job. */
export interface BenchApi {
  fetchOnly(urls: string[]): Promise<number>;
  fetchAndStore(urls: string[]): Promise<number>;
  fetchHashAndStore(urls: string[]): Promise<number>;
  readRaw(urls: string[]): Promise<number>;
  dropRaw(): Promise<void>;
  /** Loads a stored model until it is ready to answer on WebGPU. */
  loadEngine(id: string): Promise<number>;
  readStored(id: string, toGpu: boolean): Promise<{ seconds: number; onGpu: boolean }>;
}

export interface Harness {
  /** `quick`: a worker with short timeouts. `app`: the app's own worker. */
  download(request: ModelRequest, worker?: 'quick' | 'app', stopAtBytes?: number): Promise<Ran<KeptModel>>;
  /** Imports the files chosen in the page's input. */
  importChosen(request: ModelRequest): Promise<Ran<KeptModel>>;
  checkUp(id: string): Promise<Ran<CheckUp>>;
  remove(id: string): Promise<Outcome<null>>;
  list(): Promise<Outcome<KeptModel[]>>;
  storage(): Promise<Outcome<StorageFacts>>;
  catalogue(): Promise<Outcome<Offer[]>>;
  /** All stored files, with their computed hashes. */
  stored(id: string): Promise<StoredFile[]>;
  /** Overwrites or removes a stored file directly, without the app's knowledge. */
  damage(id: string, sha256: string, how: 'flip' | 'cut' | 'remove'): Promise<void>;
  /** Keys of a model's records. */
  keys(kind: 'kept' | 'piece' | 'used', id: string): Promise<(string | number)[][]>;
  /** The kinds of all events so far, over all runs of this page. */
  heard(): string[];
  answer: EngineApi['answer'];
  /** Runs in a fresh worker, which ends after the call. */
  bench: BenchApi;
}

declare global {
  interface Window {
    weights: Harness;
  }
}
