// The bench's worker: stores a package in IndexedDB as the app does. It pages the package's experts from there, on WebGPU
// or on the processor, or loads the whole package onto the processor.

import * as Comlink from 'comlink';
import { MANIFEST_FILE, shardFile } from '../../../src/format/manifest.ts';
import { parseManifest } from '../../../src/format/parse-manifest.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { loadProcessorEngine } from '../../../src/engine/load-processor-engine.ts';
import { decodePhoto } from '../../../src/engine/photo/decode-photo.ts';
import { createRuntime } from '../../../src/engine/runtime/runtime.ts';
import type { Kernels } from '../../../src/kernels/kernels.ts';
import { PIECES } from '../../../src/paging/read-queue.ts';
import { Database } from '../../../src/weights/store/database.ts';
import { ModelStore } from '../../../src/weights/store/model-store.ts';
import { PACE } from '../../../src/weights/download/pace.ts';
import { Weights } from '../../../src/weights/weights.ts';
import { runtimeFiles } from '../../../src/session/runtime-files.ts';
import { countGpuBytes } from '../gpu-bytes.ts';
import { onKernels, onRuntime, runPaged, type PagedLoader } from '../paged-run.ts';
import { repeatLayers } from '../repeated-layers.ts';
import { withSkewedRouters } from '../skewed-routers.ts';
import { openPageKernels, openPageReader } from '../../tests/support/page-kernels.ts';
import { noise } from './noise.ts';
import type { PagingBench, ReadTimes } from './paging-bench.ts';

const ID = 'paging-bench';
const gpuBytes = countGpuBytes();
const database = new Database();
const weights = new Weights(database, PACE);
const signal = new AbortController().signal;
let loaded: { engine: Engine; kernels: Kernels } | undefined;

const api = {
  async keep(url, layers) {
    if ((await weights.list()).some(({ state }) => state === 'ready')) return;
    if (layers !== undefined) return keepRepeated(url, layers);
    const source = { kind: 'package', url } as const;
    await weights.download({ id: ID, name: 'Paging bench', source }, () => undefined, signal);
  },

  async run(prompt, options, spread, device) {
    const { threads, reads } = device;
    const store = await withSkewedRouters(await weights.open(ID), spread);
    const measure = (loader: PagedLoader) =>
      runPaged(store, loader, [{ role: 'user', content: prompt }], options);
    if (threads > 0) {
      const kernels = await openPageKernels(threads);
      try {
        const run = await measure(onKernels(store, kernels, decodePhoto, reads ? openPageReader : undefined));
        return { ...run, gpuPeakBytes: 0, kernelBytes: kernels.memoryBytes };
      } finally {
        kernels.dispose();
      }
    }
    const runtime = await createRuntime({ backend: 'webgpu', files: runtimeFiles() });
    gpuBytes.peak = gpuBytes.now;
    try {
      const run = await measure(onRuntime(store, runtime, decodePhoto));
      return { ...run, gpuPeakBytes: gpuBytes.peak, kernelBytes: 0 };
    } finally {
      runtime.dispose();
    }
  },

  async load(threads) {
    const store = await weights.open(ID);
    const start = performance.now();
    const kernels = await openPageKernels(threads);
    const engine = await loadProcessorEngine(store, kernels, decodePhoto, { ignoreStops: true }, signal);
    loaded = { engine, kernels };
    return performance.now() - start;
  },

  async answer({ side, prompt, tokens }) {
    const { engine, kernels } = loaded!;
    const content = [
      ...(side === 0 ? [] : [{ type: 'image' as const, photo: await noise(side) }]),
      { type: 'text' as const, text: prompt },
    ];
    const options = { maxTokens: tokens, sampling: { temperature: 0 } };
    const quiet = (): void => undefined;
    const answer = await engine.answer([{ role: 'user', content }], options, quiet, signal);
    const { visionMs, prefillMs, answeringMs } = answer.timings;
    return {
      ...{ promptTokens: answer.promptTokens, tokens: answer.tokens, visionMs, prefillMs, answeringMs },
      kernelBytes: kernels.memoryBytes,
    };
  },

  async reads() {
    const store = await weights.open(ID);
    const { at, bytes } = store.manifest.experts.at(-1)!;
    // Read all experts of one shard, in an order that defeats read-ahead.
    const [shard] = at[0]!;
    const places = at.filter(([each]) => each === shard).map(([, offset]) => offset);
    const order = places.map((_, i) => places[(i * 7) % places.length]!);
    const blob = await store.shard(shard);

    const root = await navigator.storage.getDirectory();
    const file = await root.getFileHandle('paging-bench', { create: true });
    const handle = await file.createSyncAccessHandle();
    type Read = (start: number, end: number) => unknown;
    const perExpert = async (read: Read, pieces = 1): Promise<number> => {
      const start = performance.now();
      for (const offset of order) {
        for (let from = 0; from < bytes; from += bytes / pieces) {
          await read(offset + from, offset + from + bytes / pieces);
        }
      }
      return (performance.now() - start) / order.length;
    };
    const times = async (read: Read): Promise<ReadTimes> => {
      const first = await perExpert(read);
      return { first, again: await perExpert(read), inPieces: await perExpert(read, PIECES) };
    };
    const indexedDb = await times((start, end) => blob.slice(start, end).arrayBuffer());
    handle.write(await blob.arrayBuffer());
    handle.flush();
    const opfs = await times((start, end) => handle.read(new Uint8Array(end - start), { at: start }));
    handle.close();
    await root.removeEntry('paging-bench');
    return { expertBytes: bytes, indexedDb, opfs };
  },
} satisfies PagingBench;

Comlink.expose(api);

async function keepRepeated(url: string, layers: number): Promise<void> {
  const bytesOf = async (name: string) => new Uint8Array(await (await fetch(url + name)).arrayBuffer());
  const json = async (name: string): Promise<unknown> => (await fetch(url + name)).json();
  const small = parseManifest(await json(MANIFEST_FILE));
  const { manifest, sources } = repeatLayers(small, layers);
  const config = (await json('config.json')) as { text_config: { num_hidden_layers: number } };
  config.text_config.num_hidden_layers = layers;
  const model = new ModelStore(database, ID);
  await model.begin({ id: ID, name: 'Paging bench', source: { kind: 'package', url } }, manifest);
  for (const file of manifest.files) {
    const isConfig = file.name === 'config.json';
    const bytes = isConfig ? new TextEncoder().encode(JSON.stringify(config)) : await bytesOf(file.name);
    file.bytes = bytes.byteLength;
    await model.keep(file.sha256, bytes);
  }
  for (const [from, shard] of small.shards.entries()) {
    const bytes = await bytesOf(shardFile(shard));
    for (const [index, source] of sources.entries()) {
      if (source === from) await model.keep(manifest.shards[index]!.sha256, bytes);
    }
  }
  await model.finish(manifest);
}
