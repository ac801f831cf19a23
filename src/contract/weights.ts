// The weights worker's API: models come from a host, a hub or this computer's files into storage, stay
// there, are checked and removed. Plain data and callbacks; every call settles as an Outcome.

import type { FailureInfo, Outcome } from '../failure.ts';
import type { WallReport } from '../policy/walls.ts';
import type { RunId } from './inference.ts';

/** How a checkpoint is quantised on its way into storage. */
export type Preset = 'exact' | 'balanced' | 'small';

export type ModelSource =
  /** A folder on any static host: manifest.json, side files, shards. */
  | { kind: 'package'; url: string; hosts?: string[] }
  | HubModel
  /** Files chosen or dropped on the page: a package, or a checkpoint that is converted. */
  | { kind: 'files'; preset: Preset };

/** A checkpoint as it lies on a hub. */
export interface HubModel {
  kind: 'hub';
  endpoint: string;
  repo: string;
  /** A commit, or a branch, which is fetched at the commit that it stands at when the download begins. */
  revision: string;
  preset: Preset;
  /** Hosts besides the hub's own that files may come from. If omitted, the first one that the hub sends on to. */
  hosts?: string[];
  /** Length and SHA-256 of each file at `revision`, which is a commit then. If omitted, the hub is asked. */
  files?: Record<string, { bytes: number; sha256: string }>;
}

export interface ModelRequest {
  /** The model's key in storage; asking again for the same one goes on with it. */
  id: string;
  /** For people. */
  name: string;
  source: ModelSource;
}

export interface KeptModel extends ModelRequest {
  /**
   * 'ready': can be loaded. 'unfinished': a part is there. 'updating': the older version can be loaded,
   * a newer one is there in part.
   */
  state: 'ready' | 'unfinished' | 'updating' | 'broken';
  /** Bytes of verified files in storage. */
  keptBytes: number;
  /** Bytes when finished; null while nobody knows. */
  totalBytes: number | null;
  /** The package's precision preset; null until it is known. */
  preset: string | null;
  /** Ready, from a hub, and no hash was known that its files could be held against. */
  isUnchecked?: true;
  /** Held in memory, or in a window that keeps nothing: gone with the page or the window. */
  isForThisVisit?: true;
}

export type Activity =
  | { kind: 'planning' }
  | { kind: 'downloading' }
  | { kind: 'verifying' }
  /** A checkpoint's tensors become shards; `layer` counts from 1, null outside of the layers. */
  | { kind: 'quantising'; layer: number | null; layers: number };

export type WeightsEvent =
  /** `resumedBytes` of `doneBytes` were there before this run. Rates are null until they are known. */
  | {
      kind: 'progress';
      activity: Activity;
      doneBytes: number;
      resumedBytes: number;
      totalBytes: number;
      bytesPerSecond: number | null;
      secondsLeft: number | null;
    }
  /** An attempt failed and the next one is to come. */
  | { kind: 'retrying'; file: string; failure: FailureInfo; attempt: number; waitMs: number }
  /** What the browser said when asked to keep the storage for good. */
  | { kind: 'persistence'; answer: Persistence }
  /** Another tab is at work on this model; its events follow. */
  | { kind: 'following' }
  /** The disk is full. What is there is kept; removing one of `removable` makes room. */
  | { kind: 'storage-full'; keptBytes: number; neededBytes: number | null; removable: KeptModel[] };

export type Persistence = 'granted' | 'refused' | 'unavailable';

export interface StorageFacts {
  persisted: boolean;
  /** As the browser says; not to be relied on. */
  usageBytes: number | null;
  quotaBytes: number | null;
}

export interface CheckUp {
  checkedFiles: number;
  /** Names of files that were missing or did not match their hash; they are no longer kept. */
  damaged: string[];
}

/** What a model needs and how large it is; one entry of the catalogue. */
export interface CatalogueModel extends ModelRequest {
  license: string;
  /** Models of one size, which the library shows as one card; absent: a card of its own. */
  family?: string;
  kind?: 'instruct' | 'thinking';
  /** How its weights are stored; absent for a package, which comes as it is. */
  preset?: Preset;
  /** How many the model has. */
  parameters: number;
  /** Of the decoder; absent: unknown. */
  layers?: number;
  /** What goes over the network, and what lies in storage in the end. */
  downloadBytes: number;
  storedBytes: number;
  /** Of `storedBytes`: experts, which can be read from storage when they are needed. */
  expertBytes: number;
  /** Its mixture layers, each with `count` experts, of which a token goes to `chosen`; absent: dense. */
  experts?: { layers: number; count: number; chosen: number };
  /** Of `storedBytes`: what every token reads, experts not included. */
  tokenBytes: number;
  /** Of `storedBytes`: kept at 16 bits, twice as large on a device without f16. */
  halfBytes: number;
  /** Key-value cache per token in 16 bits. */
  cacheBytesPerToken: number;
  /** The largest single array that a device must bind. */
  largestArrayBytes: number;
}

/** What the device offers; null where it does not say. */
export interface DeviceFacts {
  gpu: {
    hasF16: boolean;
    maxBufferBytes: number;
    maxBindingBytes: number;
    /** For people; '' where the browser does not say. */
    name: string;
    /** It computes on the processor: the engine leaves it alone. */
    isSoftware: boolean;
    /** Which of the computer's graphics processors it is, as far as the browser lets one know. */
    choice: 'slower' | 'perhaps-slower' | 'best-known';
  } | null;
  /** Rounded down, and never more than the browser's cap (8 GiB in most). */
  memoryBytes: number | null;
}

export type FitReason =
  | { kind: 'no-gpu' }
  /** Weights and cache together; of them `weightBytes`. */
  | { kind: 'memory'; neededBytes: number; availableBytes: number }
  /** The browser does not tell how much memory there is, or only that it is at least this much. */
  | { kind: 'memory-unknown'; neededBytes: number; atLeastBytes: number | null }
  | { kind: 'array-too-large'; neededBytes: number; limitBytes: number }
  | { kind: 'no-f16'; extraBytes: number };

export interface Fit {
  verdict: 'fits' | 'fits-paged' | 'too-large';
  /** Why not better; for 'fits', what to know all the same. */
  reasons: FitReason[];
}

/** How fast a model can be expected to write here; an estimate before it is downloaded. */
export interface ExpectedSpeed {
  tokensPerSecond: number;
  /** Experts that stay on the device, as a share; the others are read when they are needed. */
  heldShare: number;
}

export interface ExpectedSpeeds {
  /** null: there is no graphics processor that the engine would use, or it could not be measured. */
  gpu: ExpectedSpeed | null;
  processor: ExpectedSpeed;
}

export interface Offer {
  model: CatalogueModel;
  fit: Fit;
  /** Weights, cache and workspace on this device, all experts held. */
  memoryBytes: number;
}

/** A key of the model store and what lies there; files are Blobs, which cross to another thread uncopied. */
export type HeldEntry = [key: [kind: string, ...rest: (string | number)[]], value: unknown];

/** What the weights worker and the one that hashes for it found when they tried their own walls. */
export interface WeightsWalls {
  weights: WallReport;
  hash: WallReport;
}

export interface WeightsApi {
  walls(): Promise<Outcome<WeightsWalls>>;

  list(): Promise<Outcome<KeptModel[]>>;

  storage(): Promise<Outcome<StorageFacts>>;

  /** What this worker's memory holds of a model that storage refused, for the worker that loads it. */
  held(id: string): Promise<Outcome<HeldEntry[]>>;

  /** What the browser says of this device. */
  device(): Promise<Outcome<DeviceFacts>>;

  /** From a measurement of this device, which takes about a second the first time, and a simulation of paging. */
  expectSpeeds(model: CatalogueModel): Promise<Outcome<ExpectedSpeeds>>;

  /** The models of the catalogue beside the page, each judged against this device. */
  catalogue(): Promise<Outcome<Offer[]>>;

  /**
   * What a pasted link names: a repository on a hub (`owner/name`, or its address) or a package's folder;
   * relative addresses count from `pageUrl`. Asks no host. Fails with 'bad-request'.
   */
  readLink(text: string, pageUrl: string, preset: Preset): Promise<Outcome<ModelRequest>>;

  /**
   * Brings a model into storage, or goes on with one. Where another tab is at it, follows that one and
   * takes over if it goes away. Stopping a run is a pause: what is verified is kept. Fails with 'bad-request' for what
   * neither the catalogue nor a plain link names.
   */
  download(
    runId: RunId,
    request: ModelRequest,
    onEvent: (event: WeightsEvent) => void,
  ): Promise<Outcome<KeptModel>>;

  /** As download, from files: all of them in one folder, names without their path. */
  importFiles(
    runId: RunId,
    request: ModelRequest,
    files: File[],
    onEvent: (event: WeightsEvent) => void,
  ): Promise<Outcome<KeptModel>>;

  /** Hashes everything that is kept of a model; what is damaged is dropped, so that a download mends it. */
  checkUp(runId: RunId, id: string, onEvent: (event: WeightsEvent) => void): Promise<Outcome<CheckUp>>;

  /** Takes a model away with all its bytes. Fails with 'busy' while some tab is at work on it. */
  remove(id: string): Promise<Outcome<null>>;

  /** Stops a run; an unknown or finished one is ignored. */
  cancel(runId: RunId): void;
}
