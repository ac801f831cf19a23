// What the harness page offers to a test. Types only.

import type {
  CheckUp,
  KeptModel,
  ModelRequest,
  Offer,
  StorageFacts,
  WeightsEvent,
} from '../../src/contract/weights.ts';
import type { FailureInfo, Outcome } from '../../src/failure.ts';

export interface Ran<T> {
  outcome: Outcome<T>;
  /** Progress thinned out: changes of activity alone. */
  events: WeightsEvent[];
}

export interface StoredFile {
  /** As its key says, as its bytes say, and whether there is a note that it is kept. */
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

/** Seconds for all of the work. */
export interface BenchApi {
  fetchOnly(urls: string[]): Promise<number>;
  fetchAndStore(urls: string[]): Promise<number>;
  fetchHashAndStore(urls: string[]): Promise<number>;
  readRaw(urls: string[]): Promise<number>;
  dropRaw(): Promise<void>;
  /** A stored model, made ready to answer on WebGPU. */
  loadEngine(id: string): Promise<number>;
  readStored(id: string, toGpu: boolean): Promise<{ seconds: number; onGpu: boolean }>;
}

export interface Harness {
  /** `quick` has little patience, `app` is the worker as it is. */
  download(request: ModelRequest, worker?: 'quick' | 'app', stopAtBytes?: number): Promise<Ran<KeptModel>>;
  /** The files chosen in the page's input. */
  importChosen(request: ModelRequest): Promise<Ran<KeptModel>>;
  checkUp(id: string): Promise<Ran<CheckUp>>;
  remove(id: string): Promise<Outcome<null>>;
  list(): Promise<Outcome<KeptModel[]>>;
  storage(): Promise<Outcome<StorageFacts>>;
  catalogue(): Promise<Outcome<Offer[]>>;
  /** Every file that lies in storage, hashed. */
  stored(id: string): Promise<StoredFile[]>;
  /** Overwrites or takes away a stored file behind everybody's back. */
  damage(id: string, sha256: string, how: 'flip' | 'cut' | 'remove'): Promise<void>;
  /** Keys of a model's entries. */
  keys(kind: 'kept' | 'piece' | 'used', id: string): Promise<(string | number)[][]>;
  /** Kinds of all events so far, of every run of this page. */
  heard(): string[];
  answer: EngineApi['answer'];
  /** In a fresh worker that ends with the call. */
  bench: BenchApi;
}

declare global {
  interface Window {
    weights: Harness;
  }
}
