// The weights worker's API. The worker copies models from a host, a hub or this computer's files into storage, keeps
// them there, checks them and removes them. Arguments and results are plain data and callbacks; every call settles as
// an Outcome.

import type { HeldEntry } from './held-entry.ts';
import type { FailureInfo, Outcome } from '../failure.ts';
import type { WallReport } from '../policy/walls.ts';
import type { RunId } from './inference.ts';

/** How a checkpoint is quantised on its way into storage. */
export type Preset = 'exact' | '8-bit' | 'balanced' | 'small';

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
  /** A commit, or a branch. A branch is fetched at the commit to which it points when the download begins. */
  revision: string;
  preset: Preset;
  /**
   * The GGUF files to read: the language model, with all its parts, and the vision encoder. If only one is named, the hub's
   * listing gives the other. If omitted, the checkpoint's safetensors files are read or, if there are none, the 8-bit GGUF
   * files.
   */
  gguf?: string[];
  /**
   * The original checkpoint, on the same hub: the source of all files but the GGUF files, such as the tokenizer. If omitted,
   * or if it lacks a file, the converter makes that file from the GGUF files.
   */
  sideFiles?: { repo: string; revision: string };
  /**
   * Hosts, besides the hub's own, from which files may come. If omitted, only the first host to which the hub redirects
   * is allowed.
   */
  hosts?: string[];
  /**
   * The length and SHA-256 of each file at `revision`, which must then be a commit. If omitted, the worker asks the
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
   * 'ready': the model can be loaded. 'unfinished': only a part of it is in storage. 'updating': an older version can
   * be loaded, and a part of a newer version is in storage. 'broken': the model's records cannot be read.
   */
  state: 'ready' | 'unfinished' | 'updating' | 'broken';
  /** Bytes of verified files in storage. */
  keptBytes: number;
  /** The number of bytes when the download is finished; null until it is known. */
  totalBytes: number | null;
  /** The package's precision preset; null until it is known. */
  preset: string | null;
  /** Set if the model is ready and came from a hub, but no hashes were known to check its files against. */
  isUnchecked?: true;
  /**
   * Set if the model is held in memory, or stored in a private window: it is lost when the page or the window closes.
   */
  isForThisVisit?: true;
}

export type Activity =
  | { kind: 'planning' }
  | { kind: 'downloading' }
  | { kind: 'verifying' }
  /**
   * The converter turns a checkpoint's tensors into shards. `layer` counts from 1; it is null outside of the decoder's
   * layers.
   */
  | { kind: 'quantising'; layer: number | null; layers: number };

export type WeightsEvent =
  /**
   * `resumedBytes`: the part of `doneBytes` that was in storage before this run. The rate and the time left are null
   * until they are known.
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
  /** Another tab is working on this model. The events after this one come from that tab. */
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
  /** The library shows all models of one family on one card. If omitted, the model gets its own card. */
  family?: string;
  kind?: 'instruct' | 'thinking';
  /** The precision preset in which the model's weights are stored. Omitted for a package, which is stored unchanged. */
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
   * The model's mixture layers. Each has `count` experts, of which `chosen` process a token. Omitted for a dense model.
   */
  experts?: { layers: number; count: number; chosen: number };
  /** Part of `storedBytes`: the weights that every token reads, without experts. */
  tokenBytes: number;
  /** Part of `storedBytes`: the weights stored in 16 bits, which take twice the memory on a device without f16. */
  halfBytes: number;
  /** Bytes of KV cache per token, in 16 bits. */
  cacheBytesPerToken: number;
  /** The size of the largest single array that a device must bind. */
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
    /** Whether the adapter computes on the processor; the engine does not use such an adapter. */
    isSoftware: boolean;
    /** Which of the computer's graphics processors the browser offers, as far as a page can tell. */
    choice: 'slower' | 'perhaps-slower' | 'best-known';
  } | null;
  /** The memory that the browser reports: rounded down, and at most the browser's cap (8 GiB in most browsers). */
  memoryBytes: number | null;
}

export type FitReason =
  | { kind: 'no-gpu' }
  /** `neededBytes`: the bytes for weights, KV cache and workspace. */
  | { kind: 'memory'; neededBytes: number; availableBytes: number }
  /** The browser does not report the size of the memory, or reports only that it is at least `atLeastBytes`. */
  | { kind: 'memory-unknown'; neededBytes: number; atLeastBytes: number | null }
  | { kind: 'array-too-large'; neededBytes: number; limitBytes: number }
  | { kind: 'no-f16'; extraBytes: number };

export interface Fit {
  verdict: 'fits' | 'fits-paged' | 'too-large';
  /** The reasons why the verdict is not better. For 'fits': facts that the user should know nevertheless. */
  reasons: FitReason[];
}

/** The decode speed to expect from a model on this device, estimated before the model is downloaded. */
export interface ExpectedSpeed {
  tokensPerSecond: number;
  /** The share of the experts that stays on the device; the other experts are paged. */
  heldShare: number;
}

export interface ExpectedSpeeds {
  /** null if there is no graphics processor that the engine would use, or if its speed could not be measured. */
  gpu: ExpectedSpeed | null;
  /** null if the model pages its experts on the processor and storage could not be measured. */
  processor: ExpectedSpeed | null;
}

export interface Offer {
  model: CatalogueModel;
  fit: Fit;
  /** The memory for weights, KV cache and workspace on this device, with all experts resident. */
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
   * The entries of a model that storage refused and that this worker holds in memory, to be passed to the worker that
   * loads the model.
   */
  held(id: string): Promise<Outcome<HeldEntry[]>>;

  /** The facts that the browser reports about this device. */
  device(): Promise<Outcome<DeviceFacts>>;

  /**
   * Estimates speeds from a measurement of this device and a simulation of paging. The measurement takes about a
   * second, the first time only.
   */
  expectSpeeds(model: CatalogueModel): Promise<Outcome<ExpectedSpeeds>>;

  /** The models of the catalogue that is served with the page, each with a verdict for this device. */
  catalogue(): Promise<Outcome<Offer[]>>;

  /**
   * Parses a pasted link to a model: a repository on a hub (`owner/name`, or its address) or a package's folder.
   * Relative addresses are resolved against `pageUrl`. Contacts no host. Fails with 'bad-request'.
   */
  readLink(text: string, pageUrl: string, preset: Preset): Promise<Outcome<ModelRequest>>;

  /**
   * Downloads a model into storage, or resumes its download. If another tab is working on the model, this call reports
   * the events of that tab, and takes over when the tab closes. Stopping a run pauses it: verified files stay in
   * storage. Fails with 'bad-request' if neither the catalogue nor a plain link names the model.
   */
  download(
    runId: RunId,
    request: ModelRequest,
    onEvent: (event: WeightsEvent) => void,
  ): Promise<Outcome<KeptModel>>;

  /** Like `download`, but from files, which must all be from one folder and whose names have no path. */
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

  /** Stops a run. An unknown or finished run is ignored. */
  cancel(runId: RunId): void;
}
