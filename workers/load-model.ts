// From a package's address to an engine that answers: fetch and verify, start the runtime, build the
// graphs and hand the weights over; each step is told to the page.

import type { LoadedModel, LoadEvent, LoadOptions } from '../src/contract/inference.ts';
import { decodePhoto } from '../src/engine/decode-photo.ts';
import type { Engine } from '../src/engine/engine.ts';
import { loadEngine } from '../src/engine/load-engine.ts';
import { createRuntime } from '../src/engine/runtime.ts';
import { openFetchedStore } from '../src/weights/fetched-store.ts';
import { runtimeFiles } from './runtime-files.ts';

export interface Loaded {
  engine: Engine;
  facts: LoadedModel;
  /** Releases the engine and the device it runs on. */
  dispose(): Promise<void>;
}

/** An abort of `signal` is thrown as AbortError; what was begun is released then, as on a failure. */
export async function loadModel(
  packageUrl: string,
  { backend, precision }: LoadOptions,
  onEvent: (event: LoadEvent) => void,
  signal: AbortSignal,
): Promise<Loaded> {
  const onFetch = (doneBytes: number, totalBytes: number): void =>
    onEvent({ kind: 'fetching', doneBytes, totalBytes });
  const onLoad = (doneBytes: number, totalBytes: number): void =>
    onEvent({ kind: 'preparing', doneBytes, totalBytes });

  const store = await openFetchedStore(packageUrl, onFetch, signal);
  const { shards, preset } = store.manifest;
  const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  onLoad(0, bytes);
  const runtime = await createRuntime({ backend, files: runtimeFiles(backend) });
  try {
    const options = { onLoad, ...(precision === undefined ? {} : { precision }) };
    const engine = await loadEngine(store, runtime, decodePhoto, options, signal);
    const { architecture } = engine.files.config;
    const dispose = async (): Promise<void> => {
      await engine.dispose();
      runtime.dispose();
    };
    return { engine, facts: { architecture, preset, backend, bytes }, dispose };
  } catch (error) {
    runtime.dispose();
    throw error;
  }
}
