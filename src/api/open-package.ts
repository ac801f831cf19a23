// Opens a model on a page: one worker of the package stores the model in IndexedDB, verified and resumable, and a
// second worker answers.

import { InferenceClient } from '../client/inference-client.ts';
import { CLOCK, RecoveringInference } from '../client/recovering-inference.ts';
import { WeightsClient } from '../client/weights-client.ts';
import type { Backend, LoadedModel, LoadEvent, LoadOptions, Precision } from '../contract/inference.ts';
import type { RuntimeAddresses } from '../contract/runtime-addresses.ts';
import type { HubModel, ModelRequest, ModelSource, Preset, WeightsEvent } from '../contract/weights.ts';
import { fail, type FailureCode } from '../failure.ts';
import { Field } from '../format/json-field.ts';
import { parseSource, PRESETS } from '../weights/store/model-record.ts';
import { checkFunction, checkOptions, checkSignal } from './check-ask.ts';
import { Model } from './model.ts';
import { storedPackages } from './stored-packages.ts';
import { valueOf } from './value-of.ts';

/**
 * The source of a model: the address of a folder that holds a package, a checkpoint on a hub, or files that the user
 * chose (of a package, or of a checkpoint, which is then converted).
 */
export type PackageLocation = string | URL | HubModel | readonly File[];

/** The progress of opening: first the copy into storage, then the copy onto the device. */
export type OpenEvent = WeightsEvent | LoadEvent;

export interface OpenOptions {
  /** If omitted, 'webgpu' if the browser offers a graphics processor that can run the model, otherwise 'wasm'. */
  backend?: Backend;
  /**
   * The type of the activations. If omitted, 'f16' if the device has it and computes correctly with it, otherwise
   * 'f32'.
   */
  precision?: Precision;
  /**
   * The memory budget for experts on the device, in bytes; the other experts are paged. If omitted, a budget that suits
   * the device.
   */
  expertBudgetBytes?: number;
  /** How a checkpoint is quantised while it is converted. If omitted, 'balanced'. */
  preset?: Preset;
  /** The key of the model in storage. If omitted, the model's address; for files, the name of the first one. */
  id?: string;
  onProgress?: (event: OpenEvent) => void;
  /** Aborting it stops the opening. The parts that are stored by then are kept, and the next call resumes. */
  signal?: AbortSignal;
  /**
   * The address of the worker's script, or a function that starts a fresh worker each time. A function is useful for a
   * bundler that must see `new Worker(…)`, and for a page with Trusted Types. If omitted, the package's own script
   * beside this module.
   */
  worker?: string | URL | (() => Worker);
  /** The addresses of the programs that compute. If omitted, those of the packages that contain them. */
  runtime?: RuntimeAddresses;
}

const OPTIONS = {
  backend: true,
  precision: true,
  expertBudgetBytes: true,
  preset: true,
  id: true,
  onProgress: true,
  signal: true,
  worker: true,
  runtime: true,
} satisfies Record<keyof OpenOptions, true>;

/** Failures of a graphics processor after which the processor may still run the model. */
const NO_GPU: ReadonlySet<FailureCode> = new Set(['no-webgpu', 'gpu-too-limited']);

/** Failures after which a model that is already in storage is used without an update. */
const OFFLINE: ReadonlySet<FailureCode> = new Set(['network', 'stalled']);

/**
 * Opens a model: fetches or converts it into this site's storage, unless it is there already, and loads it onto the
 * device. A second call for the same location fetches only files that have changed; without a network, it uses the
 * stored files.
 *
 * Rejects with a `Failure`, whose code says why: 'bad-request' (a wrong argument; the message names it),
 * 'missing-file', 'network', 'bad-manifest', 'newer-format', 'bad-checkpoint', 'corrupt-shard', 'storage-full',
 * 'no-webgpu', 'gpu-too-limited', 'too-large-for-processor', 'out-of-memory' or 'not-loaded' (the worker or the
 * runtime could not be fetched), among others. Rejects with an AbortError if `signal` aborts.
 */
export async function openPackage(location: PackageLocation, options: OpenOptions = {}): Promise<Model> {
  checkOpen(options);
  const { request, files } = readLocation(location, options);
  const start = workerStarter(options.worker);
  const signal = options.signal ?? new AbortController().signal;
  const onProgress = options.onProgress ?? (() => undefined);

  const weights = new WeightsClient(start);
  let held;
  try {
    const stored =
      files === undefined
        ? await weights.download(request, onProgress, signal)
        : await weights.importFiles(request, files, onProgress, signal);
    const isOffline = stored.kind === 'failed' && OFFLINE.has(stored.failure.code);
    if (!isOffline || !(await isStored(request.id))) valueOf(stored);
    // The entries that storage refused live in the memory of the first worker, and move to the second.
    held = valueOf(await weights.held(request.id));
  } finally {
    weights.dispose();
  }

  const entries = held;
  const client = new InferenceClient(start, () => Promise.resolve(entries));
  const inference = new RecoveringInference(client, CLOCK);
  const load = async (backend: Backend, hardwareOnly: boolean): Promise<LoadedModel> => {
    const { precision, expertBudgetBytes, runtime } = options;
    const loading: LoadOptions & { runtime?: RuntimeAddresses } = {
      ...{ backend, hardwareOnly },
      ...(precision && { precision }),
      ...(expertBudgetBytes !== undefined && { expertBudgetBytes }),
      ...(runtime && { runtime: absolute(runtime) }),
    };
    const outcome = await inference.load(request.id, loading, onProgress, signal);
    const isRefused = outcome.kind === 'failed' && NO_GPU.has(outcome.failure.code);
    if (isRefused && options.backend === undefined && backend === 'webgpu') return load('wasm', false);
    return valueOf(outcome);
  };
  try {
    return new Model(await load(options.backend ?? 'webgpu', options.backend === undefined), inference);
  } catch (error) {
    inference.dispose();
    throw error;
  }
}

async function isStored(id: string): Promise<boolean> {
  return (await storedPackages()).some(
    (model) => model.id === id && (model.state === 'ready' || model.state === 'updating'),
  );
}

function checkOpen(options: unknown): void {
  const fields = checkOptions(options, 'options', OPTIONS);
  fields.optional('backend')?.oneOf(['webgpu', 'wasm']);
  fields.optional('precision')?.oneOf(['f16', 'f32']);
  fields.optional('expertBudgetBytes')?.integer();
  fields.optional('preset')?.oneOf(PRESETS);
  fields.optional('id')?.string();
  checkFunction(fields.optional('onProgress'));
  checkSignal(fields);
  const worker = fields.optional('worker');
  const isAddress = worker?.value instanceof URL || typeof worker?.value === 'string';
  if (!isAddress) checkFunction(worker);
  const runtime = fields.optional('runtime');
  for (const name of ['jspi', 'asyncify']) {
    const build = runtime?.optional(name);
    build?.at('mjs').string();
    build?.at('wasm').string();
  }
  const kernels = runtime?.optional('kernels');
  kernels?.optional('own')?.string();
  kernels?.optional('shared')?.string();
  kernels?.optional('thread')?.string();
}

/** Turns a location into a request. Fails with 'bad-request' if the location names no model. */
function readLocation(
  location: PackageLocation,
  { preset = 'balanced', id }: OpenOptions,
): { request: ModelRequest; files?: File[] } {
  const root = new Field(location, 'location', 'bad-request');
  const named = (key: string, source: ModelSource): ModelRequest => ({
    id: id ?? key,
    name: id ?? key,
    source,
  });
  if (typeof location === 'string' || location instanceof URL) {
    if (!URL.canParse(location, base())) root.fail('is no address');
    const url = new URL(location, base());
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    return { request: named(url.href, { kind: 'package', url: url.href }) };
  }
  if (Array.isArray(location)) {
    const files: unknown[] = location;
    const chosen = files.map((file) => (file instanceof File ? file : root.fail('must hold Files')));
    const first = chosen[0] ?? root.fail('holds no file');
    return { request: named(first.name, { kind: 'files', preset }), files: chosen };
  }
  const source = parseSource(new Field(location, 'location: ', 'bad-request'));
  if (source.kind !== 'hub')
    fail('bad-request', 'location must be an address, a checkpoint on a hub, or files.');
  return { request: named(`${source.endpoint}/${source.repo}@${source.revision}/${source.preset}`, source) };
}

function workerStarter(worker: OpenOptions['worker']): () => Worker {
  if (typeof worker === 'function') return worker;
  if (worker !== undefined) return () => new Worker(worker, { type: 'module' });
  // Bundlers recognise only this exact form. The build puts the worker beside this module.
  return () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}

/** Makes the addresses absolute, because the worker would resolve relative ones against its own address. */
function absolute(runtime: RuntimeAddresses): RuntimeAddresses {
  const whole = (_key: string, value: unknown): unknown =>
    typeof value === 'string' ? new URL(value, base()).href : value;
  return JSON.parse(JSON.stringify(runtime, whole)) as RuntimeAddresses;
}

/** The address against which relative addresses are resolved, on a page or in a worker. */
function base(): string {
  return 'document' in globalThis ? document.baseURI : self.location.href;
}
