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
  /** Progress events are reduced to changes of activity. */
  events: WeightsEvent[];
}

export interface StoredFile {
  /** Hash in the key, hash of the stored bytes, and whether storage has a record that the file is kept. */
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

/** All results are in seconds for the whole work. */
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
  /** `quick` is a worker with short timeouts, `app` the app's own worker. */
  download(request: ModelRequest, worker?: 'quick' | 'app', stopAtBytes?: number): Promise<Ran<KeptModel>>;
  /** Imports the files chosen in the page's input. */
  importChosen(request: ModelRequest): Promise<Ran<KeptModel>>;
  checkUp(id: string): Promise<Ran<CheckUp>>;
  remove(id: string): Promise<Outcome<null>>;
  list(): Promise<Outcome<KeptModel[]>>;
  storage(): Promise<Outcome<StorageFacts>>;
  catalogue(): Promise<Outcome<Offer[]>>;
  /** Every stored file, with its hash computed. */
  stored(id: string): Promise<StoredFile[]>;
  /** Overwrites or removes a stored file directly, so that the app does not notice. */
  damage(id: string, sha256: string, how: 'flip' | 'cut' | 'remove'): Promise<void>;
  /** Keys of a model's records. */
  keys(kind: 'kept' | 'piece' | 'used', id: string): Promise<(string | number)[][]>;
  /** Kinds of all events so far, across all runs of this page. */
  heard(): string[];
  answer: EngineApi['answer'];
  /** Runs in a fresh worker, which ends with the call. */
  bench: BenchApi;
}

declare global {
  interface Window {
    weights: Harness;
  }
}
