// The worker of the package: stores models and runs one of them. It does not try any walls, because the app that uses
// the package sets the policy.

import { DATABASE } from '../src/api/stored-packages.ts';
import { packagedKernels } from '../src/api/packaged-kernels.ts';
import { packagedRuntime } from '../src/api/packaged-runtime.ts';
import type { AnswerEvent } from '../src/contract/answer.ts';
import type { InferenceApi, LoadEvent, LoadOptions, RunId } from '../src/contract/inference.ts';
import type { RuntimeAddresses } from '../src/contract/runtime-addresses.ts';
import type { WeightsApi } from '../src/contract/weights.ts';
import { outcome } from '../src/failure.ts';
import { PACE } from '../src/weights/download/pace.ts';
import { Database } from '../src/weights/store/database.ts';
import { parseModelRequest } from '../src/weights/store/model-record.ts';
import { Verdicts } from '../src/weights/store/verdicts.ts';
import { Weights } from '../src/weights/weights.ts';
import { AnsweringModel } from '../src/session/answering-model.ts';
import { exposeOnly } from '../src/session/checked-port.ts';
import { loadModel } from '../src/session/load-model.ts';
import type { KernelMemory } from '../src/session/open-on-threads.ts';
import { RunQueue } from '../src/session/run-queue.ts';

type Api = Pick<WeightsApi, 'download' | 'importFiles' | 'held'> &
  Pick<InferenceApi, 'load' | 'answer' | 'cancel' | 'forget' | 'unload'>;
type Loading = LoadOptions & { runtime?: RuntimeAddresses };

/** The build puts the kernels and the script of a thread beside this worker. Bundlers recognise only these exact forms. */
const KERNELS: Record<KernelMemory, () => string> = {
  own: () => new URL('./kernels/own.wasm', import.meta.url).href,
  shared: () => new URL('./kernels/shared.wasm', import.meta.url).href,
};
const startThread = (): Worker => new Worker(new URL('./thread.js', import.meta.url), { type: 'module' });

const downloads = new RunQueue('serial');
const model = new AnsweringModel();
const database = new Database(DATABASE);
const weights = new Weights(database, PACE);

const api = {
  download: (id, request, onEvent) =>
    downloads.start(id, (signal) => weights.download(parseModelRequest(request), onEvent, signal)),

  importFiles: (id, request, files, onEvent) =>
    downloads.start(id, (signal) => weights.importFiles(parseModelRequest(request), files, onEvent, signal)),

  held: (id) => outcome(() => Promise.resolve(database.held(id))),

  load: (id: RunId, modelId: string, options: Loading, onEvent: (event: LoadEvent) => void) =>
    model.load(id, (signal) => {
      // The runtime fetches its own WebAssembly.
      const runtime = { files: packagedRuntime(options.runtime), take: () => Promise.resolve(undefined) };
      const kernels = packagedKernels((memory) => KERNELS[memory](), startThread, options.runtime);
      const sources = { weights, verdicts: new Verdicts(database), runtime, kernels };
      return loadModel(sources, modelId, options, onEvent, signal);
    }),

  answer: (id, messages, options, onEvent) =>
    model.use(id, async (engine, signal) => {
      // Events and the result travel through different ports. The worker returns the answer only after the page has
      // received the last event, so that the page has the complete text when the answer ends.
      const report: (event: AnswerEvent) => unknown = onEvent;
      let heard: unknown;
      const answer = await engine.answer(messages, options, (event) => (heard = report(event)), signal);
      await heard;
      return answer;
    }),

  cancel: (id) => {
    downloads.cancel(id);
    model.cancel(id);
  },

  forget: () => model.forget(),

  unload: () => model.unload(),
} satisfies Api;

exposeOnly(api);
