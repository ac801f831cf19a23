// Measures the raw speed of the browser with the bench's bytes: fetch alone, fetch and store without a hash, and
// sequential reads of stored Blobs. Also measures the same reads through a stored package (to the GPU, if there is one)
// and the loading of a stored model.

import * as Comlink from 'comlink';
import { createStore, get, set } from 'idb-keyval';
import { decodePhoto } from '../../../src/engine/photo/decode-photo.ts';
import { BlobReader, ReusedBuffer } from '../../../src/engine/runtime/blob-reader.ts';
import { loadEngine } from '../../../src/engine/load-engine.ts';
import { CHUNK_BYTES } from '../../../src/engine/runtime/streamed-weight.ts';
import { AHEAD_BYTES } from '../../../src/engine/runtime/weight-handover.ts';
import { createRuntime } from '../../../src/engine/runtime/runtime.ts';
import { Database } from '../../../src/weights/store/database.ts';
import { PACE } from '../../../src/weights/download/pace.ts';
import { Weights } from '../../../src/weights/weights.ts';
import { runtimeFiles } from '../../../src/session/runtime-files.ts';
import type { BenchApi } from './harness.ts';

const LANES = 3;

async function inLanes<T>(items: T[], job: (item: T) => Promise<void>): Promise<number> {
  const start = performance.now();
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await job(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return (performance.now() - start) / 1000;
}

const raw = createStore('weights-raw', 'blobs');
const fetched = async (url: string): Promise<Blob> => (await fetch(url, { cache: 'no-store' })).blob();

const api = {
  // Do not read Blobs here, because unreferenced Blobs fill the browser's space for Blobs before they are collected.
  fetchOnly: (urls) =>
    inLanes(urls, async (url) => {
      await (await fetch(url, { cache: 'no-store' })).body?.pipeTo(new WritableStream());
    }),

  fetchAndStore: (urls) => inLanes(urls, async (url) => set(url, await fetched(url), raw)),

  fetchHashAndStore: (urls) =>
    inLanes(urls, async (url) => {
      const bytes = await (await fetch(url, { cache: 'no-store' })).arrayBuffer();
      await crypto.subtle.digest('SHA-256', bytes);
      await set(url, new Blob([bytes]), raw);
    }),

  async readRaw(urls) {
    const start = performance.now();
    for (const url of urls) await (await get<Blob>(url, raw))?.arrayBuffer();
    return (performance.now() - start) / 1000;
  },

  async dropRaw() {
    await new Promise((resolve) => {
      const request = indexedDB.deleteDatabase('weights-raw');
      request.onblocked = request.onsuccess = request.onerror = resolve;
    });
  },

  async loadEngine(id) {
    const store = await new Weights(new Database(), PACE).open(id);
    const runtime = await createRuntime({ backend: 'webgpu', files: runtimeFiles() });
    const start = performance.now();
    const engine = await loadEngine(store, runtime, decodePhoto, {}, new AbortController().signal);
    const seconds = (performance.now() - start) / 1000;
    await engine.dispose();
    runtime.dispose();
    return seconds;
  },

  async readStored(id, toGpu) {
    const store = await new Weights(new Database(), PACE).open(id);
    const adapter = toGpu && 'gpu' in navigator ? await navigator.gpu.requestAdapter() : null;
    const device = await adapter?.requestDevice();
    const start = performance.now();
    // Read in the same way as an engine: piece by piece through one buffer, with the device a little behind.
    const buffer = new ReusedBuffer();
    const target = device?.createBuffer({ size: CHUNK_BYTES, usage: GPUBufferUsage.COPY_DST });
    let ahead = 0;
    for (const [index, { bytes }] of store.manifest.shards.entries()) {
      const reader = new BlobReader(await store.shard(index), buffer);
      for (let at = 0; at < bytes; at += CHUNK_BYTES) {
        const piece = await reader.next(Math.min(CHUNK_BYTES, bytes - at));
        if (device === undefined || target === undefined) continue;
        // A model would keep its buffers. Here one buffer is enough, because the machine may be small.
        device.queue.writeBuffer(target, 0, piece);
        ahead += piece.byteLength;
        if (ahead <= AHEAD_BYTES) continue;
        await device.queue.onSubmittedWorkDone();
        ahead = 0;
      }
    }
    await device?.queue.onSubmittedWorkDone();
    const seconds = (performance.now() - start) / 1000;
    device?.destroy();
    return { seconds, onGpu: device !== undefined };
  },
} satisfies BenchApi;

Comlink.expose(api);
