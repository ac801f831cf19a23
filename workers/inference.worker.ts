// The inference worker: exposes the InferenceApi for one loaded model at a time. It exposes the API before it awaits
// anything.

import type { InferenceApi } from '../src/contract/inference.ts';
import { hasAdapter } from '../src/engine/runtime/webgpu-device.ts';
import { outcome } from '../src/failure.ts';
import { Database } from '../src/weights/store/database.ts';
import { PACE } from '../src/weights/download/pace.ts';
import { Verdicts } from '../src/weights/store/verdicts.ts';
import { Weights } from '../src/weights/weights.ts';
import { AnsweringModel } from '../src/session/answering-model.ts';
import { exposeOnly } from '../src/session/checked-port.ts';
import { KernelDownloads } from '../src/session/kernel-downloads.ts';
import { KernelWalls } from '../src/session/kernel-threads.ts';
import { loadModel } from '../src/session/load-model.ts';
import { demandWalls, OwnWalls, trustOwnScripts } from '../src/session/own-walls.ts';
import { RuntimeDownloads } from '../src/session/runtime-downloads.ts';
import { GLUES } from '../src/session/runtime-files.ts';
import { reportRequests } from '../src/session/report-requests.ts';
import { reportViolations } from '../src/session/report-violations.ts';
import kernelScript from './kernel.worker.ts?worker&url';

// The runtime starts its threads from the address of its glue code.
const trust = trustOwnScripts([...GLUES, kernelScript], 'default');
const walls = new OwnWalls(trust);
const startKernel = (): Worker => new Worker(trust(kernelScript), { type: 'module' });
const kernelWalls = new KernelWalls(startKernel);
const model = new AnsweringModel();
const database = new Database();
const runtime = new RuntimeDownloads();
const kernels = new KernelDownloads(startKernel);
const sources = { weights: new Weights(database, PACE), verdicts: new Verdicts(database), runtime, kernels };

const api = {
  walls: () => outcome(async () => ({ inference: await walls.report(), kernel: await kernelWalls.report() })),

  prepare: (backends, hardwareOnly, onEvent) =>
    outcome(async () => {
      for (const backend of backends) {
        if (backend === 'webgpu' && !(await hasAdapter(navigator.gpu, hardwareOnly))) continue;
        if (backend === 'webgpu') runtime.begin(onEvent);
        else kernels.begin();
        break;
      }
      return null;
    }),

  load: (id, modelId, options, onEvent) =>
    model.load(id, async (signal) => {
      await demandAllWalls();
      return loadModel(sources, modelId, options, onEvent, signal);
    }),

  loadBehind: (id, modelId, options) =>
    model.loadBehind(id, async (signal) => {
      await demandAllWalls();
      return loadModel(sources, modelId, options, () => undefined, signal);
    }),

  takeOver: (id) => model.takeOver(id),

  answer: (id, messages, options, onEvent) =>
    model.use(id, (engine, signal) => engine.answer(messages, options, onEvent, signal)),

  cancel: (id) => model.cancel(id),

  forget: () => model.forget(),

  unload: () => model.unload(),
} satisfies InferenceApi;

exposeOnly(api);
reportRequests();
reportViolations(walls);

/** Fails with 'unprotected' if a wall of this worker or of the processor engine's threads does not hold. */
async function demandAllWalls(): Promise<void> {
  await walls.demand();
  demandWalls(await kernelWalls.report());
}
