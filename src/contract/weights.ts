// The weights worker's API. The worker copies models from a host, a hub or this computer's files into storage,
// keeps them there, checks them and removes them. Plain data and callbacks; every call settles as an Outcome.

import type { HeldEntry } from './held-entry.ts';
import type { FailureInfo, Outcome } from '../failure.ts';
import type { WallReport } from '../policy/walls.ts';
import type { RunId } from './inference.ts';

/** How a checkpoint is quantised on its way into storage. */
export type Preset = 'exact' | 'balanced' | 'small';

export type ModelSource =
  /** A folder on any static host: manifest.json, side files, shards. */
  | { kind: 'package'; url: string; hosts?: string[] }
  | HubModel
  /** Files chosen or dropped on the page: a package, or a checkpoint to be converted. */
  | { kind: 'files'; preset: Preset };

/** A checkpoint on a hub. */
export interface HubModel {
  kind: 'hub';
  endpoint: string;
  repo: string;
  /** A commit, or a branch. A branch is fetched at the commit that it points to when the download begins. */
  revision: string;
  preset: Preset;
  /**
   * Hosts, besides the hub's own, that files may come from. If omitted, only the first host that the hub
   * redirects to is allowed.
   */
  hosts?: string[];
  /**
   * Length and SHA-256 of each file at `revision`, which must then be a commit. If omitted, the worker asks the
   * hub.
   */
  files?: Record<string, { bytes: number; sha256: string }>;
}

export interface ModelRequest {
  /** The model's key in storage. Another request with the same key resumes the download. */
  id: string;
  /** The name that the page shows. */
  name: string;
  source: ModelSource;
}

export interface KeptModel extends ModelRequest {
  /**
   * 'ready': the model can be loaded. 'unfinished': only a part of it is in storage. 'updating': the older
   * version can be loaded, and a part of a newer version is in storage. 'broken': its records cannot be read.
   */
  state: 'ready' | 'unfinished' | 'updating' | 'broken';
  /** Bytes of verified files in storage. */
  keptBytes: number;
  /** Bytes when the download is finished; null until this is known. */
  totalBytes: number | null;
  /** The package's precision preset; null until it is known. */
  preset: string | null;
  /** Set if the model is ready, came from a hub, and no hashes were known to check its files against. */
  isUnchecked?: true;
  /**
   * Set if the model is held in memory, or stored in a window that keeps nothing: it is lost when the page or
   * the window closes.
   */
  isForThisVisit?: true;
}

export type Activity =
  | { kind: 'planning' }
  | { kind: 'downloading' }
  | { kind: 'verifying' }
  /**
   * The converter turns a checkpoint's tensors into shards. `layer` counts from 1; null outside of the
   * decoder's layers.
   */
  | { kind: 'quantising'; layer: number | null; layers: number };

export type WeightsEvent =
  /**
   * `resumedBytes` of the `doneBytes` were in storage before this run. Rate and time left are null until they
   * are known.
   */
  | {
      kind: 'progress';
      activity: Activity;
      doneBytes: number;
      resumedBytes: number;
      totalBytes: number;
      bytesPerSecond: number | null;
      secondsLeft: number | null;
    }
  /** An attempt failed; the next one begins in `waitMs`. */
  | { kind: 'retrying'; file: string; failure: FailureInfo; attempt: number; waitMs: number }
  /** The browser's answer to the request to keep this site's storage permanently. */
  | { kind: 'persistence'; answer: Persistence }
  /** Another tab is working on this model; the events that follow are that tab's. */
  | { kind: 'following' }
  /** The disk is full. Everything stored so far stays there; removing one of `removable` frees space. */
  | { kind: 'storage-full'; keptBytes: number; neededBytes: number | null; removable: KeptModel[] };

export type Persistence = 'granted' | 'refused' | 'unavailable';

export interface StorageFacts {
  persisted: boolean;
  /** The browser's estimate, which is not reliable. */
  usageBytes: number | null;
  quotaBytes: number | null;
}

export interface CheckUp {
  checkedFiles: number;
  /** Names of files that were missing or did not match their hash; they are no longer in storage. */
  damaged: string[];
}

/** One entry of the catalogue: a model, its sizes and the memory that it needs. */
export interface CatalogueModel extends ModelRequest {
  license: string;
  /** The library shows all models of one family on one card. If omitted, the model gets a card of its own. */
  family?: string;
  kind?: 'instruct' | 'thinking';
  /** The precision preset that its weights are stored in. Omitted for a package, which is stored as it is. */
  preset?: Preset;
  parameters: number;
  /** Layers of the decoder. Omitted if unknown. */
  layers?: number;
  /** Bytes that the download transfers; `storedBytes` is the size in storage afterwards. */
  downloadBytes: number;
  storedBytes: number;
  /** Part of `storedBytes`: the experts, which can be paged in from storage. */
  expertBytes: number;
  /**
   * The model's mixture layers. Each has `count` experts, of which `chosen` process a token. Omitted for a
   * dense model.
   */
  experts?: { layers: number; count: number; chosen: number };
  /** Part of `storedBytes`: the weights that every token reads, experts not included. */
  tokenBytes: number;
  /** Part of `storedBytes`: weights stored in 16 bits, which take twice the memory on a device without f16. */
  halfBytes: number;
  /** Bytes of KV cache per token, in 16 bits. */
  cacheBytesPerToken: number;
  /** The largest single array that a device must bind. */
  largestArrayBytes: number;
}

/** The facts about this device; null if the browser does not report them. */
export interface DeviceFacts {
  gpu: {
    hasF16: boolean;
    maxBufferBytes: number;
    maxBindingBytes: number;
    /** A name to show; '' if the browser reports none. */
    name: string;
    /** The adapter computes on the processor; the engine does not use such an adapter. */
    isSoftware: boolean;
    /** Which of the computer's graphics processors the browser offers, as far as a page can tell. */
    choice: 'slower' | 'perhaps-slower' | 'best-known';
  } | null;
  /** As the browser reports it: rounded down, and at most the browser's cap (8 GiB in most browsers). */
  memoryBytes: number | null;
}

export type FitReason =
  | { kind: 'no-gpu' }
  /** `neededBytes`: weights, KV cache and workspace. */
  | { kind: 'memory'; neededBytes: number; availableBytes: number }
  /** The browser does not report how much memory there is, or only that there is at least `atLeastBytes`. */
  | { kind: 'memory-unknown'; neededBytes: number; atLeastBytes: number | null }
  | { kind: 'array-too-large'; neededBytes: number; limitBytes: number }
  | { kind: 'no-f16'; extraBytes: number };

export interface Fit {
  verdict: 'fits' | 'fits-paged' | 'too-large';
  /** Why the verdict is not better. For 'fits': facts that a person should know nevertheless. */
  reasons: FitReason[];
}

/** The decode speed to expect of a model on this device, estimated before the model is downloaded. */
export interface ExpectedSpeed {
  tokensPerSecond: number;
  /** The share of the experts that stays on the device; the others are paged in. */
  heldShare: number;
}

export interface ExpectedSpeeds {
  /** null if there is no graphics processor that the engine would use, or if its speed could not be measured. */
  gpu: ExpectedSpeed | null;
  processor: ExpectedSpeed;
}

export interface Offer {
  model: CatalogueModel;
  fit: Fit;
  /** Memory for weights, KV cache and workspace on this device, with all experts resident. */
  memoryBytes: number;
}

/** The reports of the weights worker and of its hash worker about their own walls. */
export interface WeightsWalls {
  weights: WallReport;
  hash: WallReport;
}

export interface WeightsApi {
  walls(): Promise<Outcome<WeightsWalls>>;

  list(): Promise<Outcome<KeptModel[]>>;

  storage(): Promise<Outcome<StorageFacts>>;

  /**
   * The entries of a model that storage refused and that this worker holds in memory, for the worker that loads
   * it.
   */
  held(id: string): Promise<Outcome<HeldEntry[]>>;

  /** The facts that the browser reports about this device. */
  device(): Promise<Outcome<DeviceFacts>>;

  /**
   * Estimates speeds from a measurement of this device, which takes about a second the first time, and from a
   * simulation of paging.
   */
  expectSpeeds(model: CatalogueModel): Promise<Outcome<ExpectedSpeeds>>;

  /** The models of the catalogue that is served with the page, each with a verdict for this device. */
  catalogue(): Promise<Outcome<Offer[]>>;

  /**
   * The model that a pasted link names: a repository on a hub (`owner/name`, or its address) or a package's
   * folder. Relative addresses are resolved against `pageUrl`. Contacts no host. Fails with 'bad-request'.
   */
  readLink(text: string, pageUrl: string, preset: Preset): Promise<Outcome<ModelRequest>>;

  /**
   * Downloads a model into storage, or resumes its download. If another tab is working on the model, this call
   * follows that tab and takes over when the tab closes. Stopping a run pauses it: verified files stay in
   * storage. Fails with 'bad-request' if neither the catalogue nor a plain link names the model.
   */
  download(
    runId: RunId,
    request: ModelRequest,
    onEvent: (event: WeightsEvent) => void,
  ): Promise<Outcome<KeptModel>>;

  /** Like `download`, but from files: all of them from one folder, their names without a path. */
  importFiles(
    runId: RunId,
    request: ModelRequest,
    files: File[],
    onEvent: (event: WeightsEvent) => void,
  ): Promise<Outcome<KeptModel>>;

  /**
   * Hashes all stored files of a model and drops the damaged ones, so that the next download fetches them
   * again.
   */
  checkUp(runId: RunId, id: string, onEvent: (event: WeightsEvent) => void): Promise<Outcome<CheckUp>>;

  /** Removes a model with all its bytes. Fails with 'busy' while a tab is working on it. */
  remove(id: string): Promise<Outcome<null>>;

  /** Stops a run; an unknown or finished one is ignored. */
  cancel(runId: RunId): void;
}
