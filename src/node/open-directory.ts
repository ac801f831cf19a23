// Opens a package on disk in Node. The engine runs in the caller's thread: on the processor with the help of further
// threads, or on WebGPU if the caller asks for it.

import { openDirectoryStore } from './directory-store.ts';
import type { KernelFiles } from './kernels.ts';
import { openEngine, type OpenedEngine } from './open-engine.ts';
import { verifyShards } from './verify-shards.ts';
import { RunQueue } from '../session/run-queue.ts';
import type { Backend, Precision } from '../contract/inference.ts';
import type { Engine } from '../engine/engine.ts';
import { fail } from '../failure.ts';
import { weightBytes, type Manifest } from '../format/manifest.ts';
import { checkFunction, checkOptions, checkSignal } from '../api/check-ask.ts';
import { Model, type Answerer, type ModelInfo } from '../api/model.ts';

export interface OpenDirectoryOptions {
  /** If omitted, 'wasm', which is the processor. 'webgpu' needs the package `webgpu` and a driver. */
  backend?: Backend;
  /** The type of the activations. By default, it is 'f16' on a GPU that has f16, and 'f32' otherwise. */
  precision?: Precision;
  /**
   * The memory budget for experts on the device, in bytes; the other experts are paged. If omitted, all experts are
   * resident.
   */
  expertBudgetBytes?: number;
  /**
   * The number of threads on the processor. By default, there is one per core, but 8 at most. They do not keep the
   * process alive.
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
 * `kernels`: the files of the processor engine. The other arguments and the failures are described at openPackage in
 * src/node.ts.
 */
export async function openDirectory(
  directory: string,
  options: OpenDirectoryOptions,
  kernels: KernelFiles,
): Promise<Model> {
  checkOpen(directory, options);
  const { verify = true, onProgress, signal = new AbortController().signal, ...rest } = options;
  const store = await openDirectoryStore(directory);
  signal.throwIfAborted();
  if (verify) await verifyShards(store);
  signal.throwIfAborted();
  const opened = await openEngine(
    store,
    kernels,
    { ...rest, ...(onProgress && { onLoad: onProgress }) },
    signal,
  );
  return new Model(infoOf(store.manifest, opened.engine), new InThread(opened));
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

function infoOf(manifest: Manifest, { files, target }: Engine): ModelInfo {
  return {
    architecture: files.config.architecture,
    preset: manifest.preset,
    backend: target.backend,
    precision: target.precision,
    bytes: weightBytes(manifest),
    contextTokens: files.config.text.contextLength,
    thinks: files.thinks,
  };
}

/** The engine in this thread, one run after the other. */
class InThread implements Answerer {
  readonly #opened: OpenedEngine;
  readonly #runs = new RunQueue('serial');
  #count = 0;

  constructor(opened: OpenedEngine) {
    this.#opened = opened;
  }

  readonly answer: Answerer['answer'] = async (messages, options, onEvent, signal) => {
    const id = String(++this.#count);
    const cancel = (): void => this.#runs.cancel(id);
    const run = this.#runs.start(id, (stop) => this.#opened.engine.answer(messages, options, onEvent, stop));
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
      this.#opened.engine.forget();
      return Promise.resolve(null);
    });
  }

  async dispose(): Promise<void> {
    await this.#runs.start('dispose', () => this.#opened.dispose());
  }
}
