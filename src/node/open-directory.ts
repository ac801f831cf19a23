// Opens a package on disk in Node. The engine runs in the caller's thread, on the processor unless the caller asks
// for WebGPU. Photos are decoded with sharp.

import { createNodeRuntime } from './runtime.ts';
import { openDirectoryStore } from './directory-store.ts';
import { runLimited } from './run-limited.ts';
import { verifyShards } from './verify-shards.ts';
import { RunQueue } from '../session/run-queue.ts';
import type { Backend, Precision } from '../contract/inference.ts';
import type { Engine } from '../engine/engine.ts';
import { loadEngine } from '../engine/load-engine.ts';
import type { Runtime } from '../engine/runtime/runtime.ts';
import { fail, loadedPart } from '../failure.ts';
import { weightBytes, type Manifest } from '../format/manifest.ts';
import { checkFunction, checkOptions, checkSignal } from '../api/check-ask.ts';
import { Model, type Answerer, type ModelInfo } from '../api/model.ts';

export interface OpenDirectoryOptions {
  /** If omitted, 'wasm', which is the processor. 'webgpu' needs the package `webgpu` and a driver. */
  backend?: Backend;
  /** The type of the activations. If omitted, 'f16' if the device has it, otherwise 'f32'. */
  precision?: Precision;
  /**
   * The memory budget for experts on the device, in bytes; the other experts are paged. If omitted, all experts are
   * resident.
   */
  expertBudgetBytes?: number;
  /**
   * The number of threads on the processor. If omitted, 1. More threads keep the process alive until `process.exit()`.
   */
  threads?: number;
  /**
   * Whether to compare the weights with their hashes first, which takes an additional read of all weights. If omitted,
   * true.
   */
  verify?: boolean;
  /** Called with the bytes of weights loaded so far, and the total. */
  onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** Aborting it stops the opening. */
  signal?: AbortSignal;
}

const OPTIONS = {
  backend: true,
  precision: true,
  expertBudgetBytes: true,
  threads: true,
  verify: true,
  onProgress: true,
  signal: true,
} satisfies Record<keyof OpenDirectoryOptions, true>;

/**
 * Opens a package that `convert` has written into a directory.
 *
 * Rejects with a `Failure`: 'bad-request' (a wrong argument; the message names it), 'missing-file', 'bad-manifest',
 * 'newer-format', 'corrupt-shard', 'bad-checkpoint', 'too-large-for-processor', 'no-webgpu', 'gpu-too-limited',
 * 'out-of-memory', or 'not-loaded' if the package `sharp` or `webgpu` is not installed. Rejects with an AbortError if
 * `signal` aborts.
 */
export async function openPackage(directory: string, options: OpenDirectoryOptions = {}): Promise<Model> {
  checkOpen(directory, options);
  const { backend = 'wasm', threads = 1, signal = new AbortController().signal } = options;
  const [{ decodePhoto }, { openClip }] = await loadedPart(
    Promise.all([import('./decode-photo.ts'), import('./open-clip.ts')]),
  );
  const store = await openDirectoryStore(directory);
  signal.throwIfAborted();
  if (options.verify !== false) await verifyShards(store);
  signal.throwIfAborted();
  const runtime = await createNodeRuntime({ backend, threads });
  const { precision, expertBudgetBytes, onProgress: onLoad } = options;
  try {
    const engine = await loadEngine(
      store,
      runtime,
      decodePhoto,
      {
        ...{ openClip, runLimited },
        ...(precision && { precision }),
        ...(expertBudgetBytes !== undefined && { expertBudgetBytes }),
        ...(onLoad && { onLoad }),
      },
      signal,
    );
    return new Model(infoOf(store.manifest, engine, runtime), new InThread(engine, runtime));
  } catch (error) {
    runtime.dispose();
    throw error;
  }
}

function checkOpen(directory: unknown, options: unknown): void {
  if (typeof directory !== 'string') fail('bad-request', 'directory must be a string.');
  const fields = checkOptions(options, 'options', OPTIONS);
  fields.optional('backend')?.oneOf(['webgpu', 'wasm']);
  fields.optional('precision')?.oneOf(['f16', 'f32']);
  fields.optional('expertBudgetBytes')?.integer();
  fields.optional('threads')?.integer(1);
  fields.optional('verify')?.boolean();
  checkFunction(fields.optional('onProgress'));
  checkSignal(fields);
}

function infoOf(manifest: Manifest, { files, target }: Engine, runtime: Runtime): ModelInfo {
  return {
    architecture: files.config.architecture,
    preset: manifest.preset,
    backend: runtime.backend,
    precision: target.precision,
    bytes: weightBytes(manifest),
    contextTokens: files.config.text.contextLength,
    thinks: files.thinks,
  };
}

/** The engine in this thread, one run after the other. */
class InThread implements Answerer {
  readonly #engine: Engine;
  readonly #runtime: Runtime;
  readonly #runs = new RunQueue('serial');
  #count = 0;

  constructor(engine: Engine, runtime: Runtime) {
    this.#engine = engine;
    this.#runtime = runtime;
  }

  readonly answer: Answerer['answer'] = async (messages, options, onEvent, signal) => {
    const id = String(++this.#count);
    const cancel = (): void => this.#runs.cancel(id);
    const run = this.#runs.start(id, (stop) => this.#engine.answer(messages, options, onEvent, stop));
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel);
    try {
      return await run;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };

  forget(): ReturnType<Answerer['forget']> {
    return this.#runs.start('forget', () => {
      this.#engine.forget();
      return Promise.resolve(null);
    });
  }

  async dispose(): Promise<void> {
    await this.#runs.start('dispose', async () => {
      await this.#engine.dispose();
      this.#runtime.dispose();
    });
  }
}
