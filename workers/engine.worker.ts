// The worker of the package: stores models and runs one of them. It does not try any walls, because the app that uses
// the package sets the policy.

import { DATABASE } from '../src/api/stored-packages.ts';
import { packagedKernels } from '../src/api/packaged-kernels.ts';
import { packagedRuntime } from '../src/api/packaged-runtime.ts';
import type { AnswerEvent } from '../src/contract/answer.ts';
import type { InferenceApi, LoadEvent, LoadOptions, RunId } from '../src/contract/inference.ts';
import type { RuntimeAddresses } from '../src/contract/runtime-addresses.ts';
import type { WeightsApi } from '../src/contract/weights.ts';
import { fail, outcome } from '../src/failure.ts';
import { PACE } from '../src/weights/download/pace.ts';
import { Database } from '../src/weights/store/database.ts';
import { parseModelRequest } from '../src/weights/store/model-record.ts';
import { Verdicts } from '../src/weights/store/verdicts.ts';
import { Weights } from '../src/weights/weights.ts';
import { exposeOnly } from '../src/session/checked-port.ts';
import { loadModel, type Loaded } from '../src/session/load-model.ts';
import { RunQueue } from '../src/session/run-queue.ts';

type Api = Pick<WeightsApi, 'download' | 'importFiles' | 'held'> &
  Pick<InferenceApi, 'load' | 'answer' | 'cancel' | 'forget' | 'unload'>;
type Loading = LoadOptions & { runtime?: RuntimeAddresses };

/** The build puts the kernels beside this worker. Bundlers recognise only this exact form. */
const KERNELS = (): string => new URL('./kernels/own.wasm', import.meta.url).href;

const runs = new RunQueue('serial');
const database = new Database(DATABASE);
const weights = new Weights(database, PACE);
let loaded: Loaded | undefined;

const api = {
  download: (id, request, onEvent) =>
    runs.start(id, (signal) => weights.download(parseModelRequest(request), onEvent, signal)),

  importFiles: (id, request, files, onEvent) =>
    runs.start(id, (signal) => weights.importFiles(parseModelRequest(request), files, onEvent, signal)),

  held: (id) => outcome(() => Promise.resolve(database.held(id))),

  load: (id: RunId, modelId: string, options: Loading, onEvent: (event: LoadEvent) => void) =>
    runs.start(id, async (signal) => {
      await release();
      // The runtime fetches its own WebAssembly.
      const runtime = { files: packagedRuntime(options.runtime), take: () => Promise.resolve(undefined) };
      const kernels = packagedKernels(KERNELS(), options.runtime);
      const sources = { weights, verdicts: new Verdicts(database), runtime, kernels };
      loaded = await loadModel(sources, modelId, options, onEvent, signal);
      return loaded.facts;
    }),

  answer: (id, messages, options, onEvent) =>
    runs.start(id, async (signal) => {
      if (loaded === undefined) fail('bad-request', 'No model is loaded.');
      // Events and the result travel through different ports. The worker returns the answer only after the page has
      // received the last event, so that the page has the complete text when the answer ends.
      const report: (event: AnswerEvent) => unknown = onEvent;
      let heard: unknown;
      const answer = await loaded.engine.answer(
        messages,
        options,
        (event) => (heard = report(event)),
        signal,
      );
      await heard;
      return answer;
    }),

  cancel: (id) => runs.cancel(id),

  forget: () =>
    runs.start('forget', () => {
      loaded?.engine.forget();
      return Promise.resolve(null);
    }),

  unload: () =>
    runs.start('unload', async () => {
      await release();
      return null;
    }),
} satisfies Api;

exposeOnly(api);

async function release(): Promise<void> {
  const released = loaded;
  loaded = undefined;
  await released?.dispose();
}
