// The weights worker's API for one storage. It parses and checks every request before it fetches anything.

import type { WeightsApi, WeightsWalls } from '../contract/weights.ts';
import { outcome } from '../failure.ts';
import { fetchCatalogue } from '../weights/catalogue.ts';
import { MayFetch } from '../weights/may-fetch.ts';
import { parseModelRequest } from '../weights/store/model-record.ts';
import type { Database } from '../weights/store/database.ts';
import { deviceFacts } from '../device/device-facts.ts';
import { offerOf } from '../device/fit.ts';
import { storageFacts } from '../weights/store/library.ts';
import { readLink } from '../weights/hub/link.ts';
import { openOneThread } from './open-one-thread.ts';
import { RunQueue } from './run-queue.ts';
import { DeviceMeter } from '../device/device-speed.ts';
import { expectedSpeeds } from '../device/expected-speed.ts';
import { scratchFile } from '../weights/store/scratch-file.ts';
import type { Weights } from '../weights/weights.ts';

/** `base`: the page's folder, which contains the catalogue. */
export function weightsApi(
  base: string,
  weights: Weights,
  database: Database,
  walls: () => Promise<WeightsWalls>,
): WeightsApi {
  const runs = new RunQueue('parallel');
  // The policy lets this worker start no threads of the kernels, so the estimate is that of one thread.
  const meter = new DeviceMeter(scratchFile(database), openOneThread);
  const catalogue = () => fetchCatalogue(new URL('models/index.json', base).href);
  const mayFetch = new MayFetch(catalogue);
  return {
    walls: () => outcome(walls),

    list: () => outcome(() => weights.list()),

    storage: () => outcome(storageFacts),

    held: (id) => outcome(() => Promise.resolve(database.held(id))),

    catalogue: () =>
      outcome(async () => {
        const [models, device] = await Promise.all([catalogue(), deviceFacts()]);
        return models.map((model) => offerOf(model, device));
      }),

    device: () => outcome(deviceFacts),

    expectSpeeds: (model) =>
      outcome(async () => {
        const [device, speed] = [await deviceFacts(), await meter.measure()];
        return expectedSpeeds(model, device, speed);
      }),

    readLink: (text, pageUrl, preset) =>
      outcome(() => Promise.resolve().then(() => readLink(text, pageUrl, preset))),

    download: (id, request, onEvent) =>
      runs.start(id, async (signal) => {
        const asked = await mayFetch.permitted(parseModelRequest(request));
        return weights.download(asked, onEvent, signal);
      }),

    importFiles: (id, request, files, onEvent) =>
      runs.start(id, (signal) => weights.importFiles(parseModelRequest(request), files, onEvent, signal)),

    checkUp: (id, model, onEvent) => runs.start(id, (signal) => weights.checkUp(model, onEvent, signal)),

    remove: (id) =>
      outcome(async () => {
        await weights.remove(id);
        return null;
      }),

    cancel: (id) => runs.cancel(id),
  };
}
