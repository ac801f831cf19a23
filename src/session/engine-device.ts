// The two devices that engines run on: a GPU, through the graph runtime, and the processor, through the kernels.

import type { Backend, Precision } from '../contract/inference.ts';
import type { EngineOptions } from '../engine/engine-options.ts';
import type { Engine } from '../engine/engine.ts';
import { loadEngine } from '../engine/load-engine.ts';
import { loadProcessorEngine } from '../engine/load-processor-engine.ts';
import { decodePhoto } from '../engine/photo/decode-photo.ts';
import type { OpenReader } from '../engine/processor/blob-reader.ts';
import type { Runtime } from '../engine/runtime/runtime.ts';
import type { PackageStore } from '../format/package-store.ts';
import type { Kernels } from '../kernels/kernels.ts';

interface LoadEngineOptions extends Pick<
  EngineOptions,
  'onLoad' | 'openClip' | 'runLimited' | 'cacheBudgetBytes' | 'expertBudgetBytes'
> {
  /** The precision of the processor's key-value cache; f16 if omitted. A GPU's cache has the precision of the device. */
  processorCache?: Precision;
}

export interface EngineDevice {
  readonly backend: Backend;
  /** The GPU's own description; empty for the processor. */
  readonly adapter: string;
  /**
   * Loads an engine, which the caller disposes of before the device. Fails with the failures of loadEngine or
   * loadProcessorEngine.
   */
  load(store: PackageStore, options: LoadEngineOptions, signal: AbortSignal): Promise<Engine>;
  dispose(): void;
}

export class GpuDevice implements EngineDevice {
  readonly backend = 'webgpu';
  readonly #runtime: Runtime;
  readonly #precision: Precision;

  constructor(runtime: Runtime, precision: Precision) {
    this.#runtime = runtime;
    this.#precision = precision;
  }

  get adapter(): string {
    return this.#runtime.adapter;
  }

  load(store: PackageStore, options: LoadEngineOptions, signal: AbortSignal): Promise<Engine> {
    return loadEngine(store, this.#runtime, decodePhoto, { ...options, precision: this.#precision }, signal);
  }

  dispose(): void {
    this.#runtime.dispose();
  }
}

export class ProcessorDevice implements EngineDevice {
  readonly backend = 'wasm';
  readonly adapter = '';
  readonly #kernels: Kernels;
  readonly #openReader: OpenReader;

  constructor(kernels: Kernels, openReader: OpenReader) {
    this.#kernels = kernels;
    this.#openReader = openReader;
  }

  load(store: PackageStore, options: LoadEngineOptions, signal: AbortSignal): Promise<Engine> {
    const { processorCache: cache = 'f16', ...others } = options;
    return loadProcessorEngine(
      ...[store, this.#kernels, decodePhoto, { ...others, cache, openReader: this.#openReader }, signal],
    );
  }

  dispose(): void {
    this.#kernels.dispose();
  }
}
