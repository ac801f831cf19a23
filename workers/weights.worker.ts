// The weights worker: exposes the WeightsApi over this origin's storage. Everything is exposed before
// anything is awaited.

import * as Comlink from 'comlink';
import type { WeightsApi } from '../src/contract/weights.ts';
import { outcome } from '../src/failure.ts';
import { fetchCatalogue } from '../src/weights/catalogue.ts';
import { Database } from '../src/weights/database.ts';
import { deviceFacts } from '../src/weights/device.ts';
import { fit } from '../src/weights/fit.ts';
import { storageFacts } from '../src/weights/library.ts';
import { PACE } from '../src/weights/pace.ts';
import { Stoppable } from '../src/weights/stoppable.ts';
import { Weights } from '../src/weights/weights.ts';

const weights = new Weights(new Database(), PACE);
const runs = new Stoppable();

const api = {
  list: () => outcome(() => weights.list()),

  storage: () => outcome(storageFacts),

  catalogue: (url) =>
    outcome(async () => {
      const [models, device] = await Promise.all([fetchCatalogue(url), deviceFacts()]);
      return models.map((model) => ({ model, fit: fit(model, device) }));
    }),

  download: (id, request, onEvent) => runs.start(id, (signal) => weights.download(request, onEvent, signal)),

  importFiles: (id, request, files, onEvent) =>
    runs.start(id, (signal) => weights.importFiles(request, files, onEvent, signal)),

  checkUp: (id, model, onEvent) => runs.start(id, (signal) => weights.checkUp(model, onEvent, signal)),

  remove: (id) =>
    outcome(async () => {
      await weights.remove(id);
      return null;
    }),

  cancel: (id) => runs.cancel(id),
} satisfies WeightsApi;

Comlink.expose(api);
