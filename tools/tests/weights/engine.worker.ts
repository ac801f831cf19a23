// Asks a stored model, or a model fetched into memory, one fixed question, and returns the answer's tokens.

import * as Comlink from 'comlink';
import { decodePhoto } from '../../../src/engine/photo/decode-photo.ts';
import { loadProcessorEngine } from '../../../src/engine/load-processor-engine.ts';
import { describe } from '../../../src/failure.ts';
import { Database } from '../../../src/weights/store/database.ts';
import { openFetchedStore } from '../support/fetched-store.ts';
import { openPageKernels } from '../support/page-kernels.ts';
import { PACE } from '../../../src/weights/download/pace.ts';
import { Weights } from '../../../src/weights/weights.ts';
import type { Answered, EngineApi } from './harness.ts';

const signal = new AbortController().signal;

const api = {
  async answer(from): Promise<Answered> {
    try {
      const store =
        'url' in from
          ? await openFetchedStore(from.url, () => undefined, signal)
          : await new Weights(new Database(), PACE).open(from.id);
      const kernels = await openPageKernels(1);
      const engine = await loadProcessorEngine(store, kernels, decodePhoto, { ignoreStops: true }, signal);
      const tokens: number[] = [];
      const onToken = (id: number): Promise<void> => Promise.resolve(void tokens.push(id));
      const question = [{ role: 'user', content: 'Describe what you see.' }] as const;
      await engine.answer(question, { maxTokens: 12, sampling: {} }, () => undefined, signal, { onToken });
      await engine.dispose();
      kernels.dispose();
      return { tokens, failure: null };
    } catch (error) {
      return { tokens: [], failure: describe(error) };
    }
  },
} satisfies EngineApi;

Comlink.expose(api);
