// The harness page: the weights client in the form in which the app uses it, and access to storage that only tests
// need.

import * as Comlink from 'comlink';
import { WeightsClient } from '../../../src/client/weights-client.ts';
import type { WeightsEvent } from '../../../src/contract/weights.ts';
import type { Outcome } from '../../../src/failure.ts';
import { sha256Hex } from '../../../src/format/sha256.ts';
import { Database } from '../../../src/weights/store/database.ts';
import { ModelStore } from '../../../src/weights/store/model-store.ts';
import type { Answered, BenchApi, EngineApi, Harness, Ran } from './harness.ts';

const clients = {
  quick: new WeightsClient(
    () => new Worker(new URL('./quick.worker.ts', import.meta.url), { type: 'module' }),
  ),
  app: new WeightsClient(
    () => new Worker(new URL('../../../workers/weights.worker.ts', import.meta.url), { type: 'module' }),
  ),
};
const database = new Database();
const heard = new Set<string>();

async function ran<T>(
  start: (onEvent: (event: WeightsEvent) => void, signal: AbortSignal) => Promise<Outcome<T>>,
  stopAtBytes = Infinity,
): Promise<Ran<T>> {
  const events: WeightsEvent[] = [];
  const stop = new AbortController();
  const onEvent = (event: WeightsEvent): void => {
    heard.add(event.kind);
    const before = events.findLast((each) => each.kind === 'progress');
    const isNews =
      event.kind !== 'progress' || JSON.stringify(before?.activity) !== JSON.stringify(event.activity);
    if (isNews) events.push(event);
    if (event.kind === 'progress' && event.doneBytes >= stopAtBytes) stop.abort();
  };
  return { outcome: await start(onEvent, stop.signal), events };
}

window.weights = {
  download: (request, worker = 'quick', stopAtBytes) =>
    ran((onEvent, signal) => clients[worker].download(request, onEvent, signal), stopAtBytes),

  importChosen: (request) => {
    const files = Array.from(document.querySelector('input')?.files ?? []);
    return ran((onEvent, signal) => clients.quick.importFiles(request, files, onEvent, signal));
  },

  checkUp: (id) => ran((onEvent, signal) => clients.quick.checkUp(id, onEvent, signal)),
  remove: (id) => clients.quick.remove(id),
  list: () => clients.quick.list(),
  storage: () => clients.quick.storage(),
  catalogue: () => clients.quick.catalogue(),

  async stored(id) {
    const modelStore = new ModelStore(database, id);
    const kept = await modelStore.kept();
    const entries = await database.under(modelStore.key('file'));
    return Promise.all(
      entries.map(async ([key, value]) => {
        const sha256 = String(key[2]);
        const bytes = value instanceof Blob ? new Uint8Array(await value.arrayBuffer()) : new Uint8Array();
        const actual = await sha256Hex(bytes);
        return { sha256, actual, bytes: bytes.byteLength, noted: kept.get(sha256) === bytes.byteLength };
      }),
    );
  },

  async damage(id, sha256, how) {
    const modelStore = new ModelStore(database, id);
    const key = modelStore.key('file', sha256);
    if (how === 'remove') return database.change({ gone: [key] });
    const bytes = new Uint8Array(await (await modelStore.file(sha256))!.arrayBuffer());
    if (how === 'flip') bytes[bytes.byteLength >> 1]! ^= 1;
    const kept = how === 'cut' ? bytes.slice(0, -1) : bytes;
    await database.change({ files: [[key, kept]] });
  },

  keys: (kind, id) => database.keysUnder(new ModelStore(database, id).key(kind)),
  heard: () => Array.from(heard),

  answer: (from) =>
    inWorker<EngineApi, Answered>(
      new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' }),
      (api) => api.answer(from),
    ),

  bench: {
    fetchOnly: (urls) => benched((api) => api.fetchOnly(urls)),
    fetchAndStore: (urls) => benched((api) => api.fetchAndStore(urls)),
    fetchHashAndStore: (urls) => benched((api) => api.fetchHashAndStore(urls)),
    readRaw: (urls) => benched((api) => api.readRaw(urls)),
    dropRaw: () => benched((api) => api.dropRaw()),
    loadEngine: (id) => benched((api) => api.loadEngine(id)),
    readStored: (id, toGpu) => benched((api) => api.readStored(id, toGpu)),
  },
} satisfies Harness;

/** Calls a worker, then terminates it. */
async function inWorker<Api, T>(worker: Worker, call: (api: Comlink.Remote<Api>) => Promise<T>): Promise<T> {
  try {
    return await call(Comlink.wrap<Api>(worker));
  } finally {
    worker.terminate();
  }
}

function benched<T>(call: (api: Comlink.Remote<BenchApi>) => Promise<T>): Promise<T> {
  const worker = new Worker(new URL('./bench.worker.ts', import.meta.url), { type: 'module' });
  return inWorker<BenchApi, T>(worker, call);
}
