// Scripted clients for the tests of `Models`: they download and load on command, and record the calls they
// receive.

import type { Backend, LoadedModel, LoadEvent, LoadOptions } from '../../../src/contract/inference.ts';
import type {
  CatalogueModel,
  CheckUp,
  KeptModel,
  ModelRequest,
  Offer,
  WeightsEvent,
} from '../../../src/contract/weights.ts';
import type { FailureCode, Outcome } from '../../../src/failure.ts';
import { Models } from '../../../src/ui/models/models.svelte.ts';

export const PAGE = 'https://example.org/';
export const never = new AbortController().signal;

export const offer = (id: string): Offer => {
  const model: CatalogueModel = {
    id,
    name: id.toUpperCase(),
    source: { kind: 'package', url: `${PAGE}models/${id}/` },
    license: 'Apache-2.0',
    parameters: 1,
    ...{
      downloadBytes: 1,
      storedBytes: 1,
      expertBytes: 0,
      tokenBytes: 1,
      halfBytes: 0,
      cacheBytesPerToken: 0,
    },
    largestArrayBytes: 1,
  };
  return { model, fit: { verdict: 'fits', reasons: [] }, memoryBytes: 1 };
};
export const done = <T>(value: T): Outcome<T> => ({ kind: 'done', value });
export const failed = (code: FailureCode): Outcome<never> => ({
  kind: 'failed',
  failure: { code, message: 'why' },
});

/**
 * A scripted weights client: a download reports when the test calls `emit`, and ends when it calls `settle`. `asked` records
 * downloads, imports and check-ups.
 */
class Weights {
  offers: Outcome<Offer[]> = done([offer('demo'), offer('large')]);
  kept: KeptModel[] = [];
  asked: string[] = [];
  emit: (event: WeightsEvent) => void = () => undefined;
  settle: (outcome: 'done' | 'stopped' | FailureCode) => void = () => undefined;

  list(): Promise<Outcome<KeptModel[]>> {
    return Promise.resolve(done(this.kept));
  }
  catalogue(): Promise<Outcome<Offer[]>> {
    return Promise.resolve(this.offers);
  }
  download(
    request: ModelRequest,
    onEvent: (event: WeightsEvent) => void,
    signal: AbortSignal,
  ): Promise<Outcome<KeptModel>> {
    this.asked.push(request.id);
    this.emit = onEvent;
    const model: KeptModel = { ...request, state: 'ready', keptBytes: 1, totalBytes: 1, preset: 'exact' };
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ kind: 'stopped' }));
      this.settle = (end) => {
        if (end === 'done') this.kept = [...this.kept, model];
        resolve(end === 'done' ? done(model) : end === 'stopped' ? { kind: 'stopped' } : failed(end));
      };
    });
  }
  damaged: string[] = [];
  checkUp(id: string): Promise<Outcome<CheckUp>> {
    this.asked.push(`check ${id}`);
    if (this.damaged.length > 0) this.kept = this.kept.map((model) => ({ ...model, state: 'unfinished' }));
    return Promise.resolve(done({ checkedFiles: 1, damaged: this.damaged }));
  }
  importFiles(request: ModelRequest, _: File[], onEvent: (event: WeightsEvent) => void, signal: AbortSignal) {
    return this.download(request, onEvent, signal);
  }
  /** Adds a stored model, as if an earlier visit had downloaded it. */
  keep(id: string, state: KeptModel['state'] = 'ready'): void {
    const { source } = offer(id).model;
    this.kept.push({
      id,
      name: id,
      source,
      state,
      keptBytes: id === 'demo' ? 1 : 2,
      totalBytes: 2,
      preset: 'exact',
    });
  }
}

export type Notes = Record<string, string | null>;

function modelOn(id: string, backend: Backend): LoadedModel {
  return {
    ...{ id, architecture: 'qwen3_vl', preset: 'exact', backend, precision: 'f32', bytes: 1 },
    ...{ contextTokens: 1024, thinks: false, experts: null },
  };
}

/** A scripted inference client, which loads models on command. */
class Inference {
  asked: string[] = [];
  emit: (event: LoadEvent) => void = () => undefined;
  /** Failure codes by backend. */
  refuses = new Map<string, FailureCode>();
  /** Failure codes by model. */
  refusedModels = new Map<string, FailureCode>();

  load(
    id: string,
    { backend, expertBudgetBytes }: LoadOptions,
    onEvent: (event: LoadEvent) => void,
    _signal: AbortSignal,
  ): Promise<Outcome<LoadedModel>> {
    this.asked.push([id, backend, ...(expertBudgetBytes === undefined ? [] : [expertBudgetBytes])].join(' '));
    this.emit = onEvent;
    const code = this.refuses.get(backend) ?? this.refusedModels.get(id);
    return Promise.resolve(code ? failed(code) : done(modelOn(id, backend)));
  }
  /** Ends the load that runs behind the answers. */
  settleBehind: (end: 'done' | FailureCode) => void = () => undefined;
  #behind: LoadedModel | undefined;

  loadBehind(id: string, { backend }: LoadOptions, signal: AbortSignal): Promise<Outcome<LoadedModel>> {
    this.asked.push(`${id} ${backend} behind`);
    const model = (this.#behind = modelOn(id, backend));
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ kind: 'stopped' }));
      this.settleBehind = (end) => resolve(end === 'done' ? done(model) : failed(end));
    });
  }
  takeOver(): Promise<Outcome<LoadedModel>> {
    this.asked.push('take over');
    return Promise.resolve(this.#behind === undefined ? failed('bad-request') : done(this.#behind));
  }
  unload(): Promise<Outcome<null>> {
    this.asked.push('unload');
    return Promise.resolve(done(null));
  }
}

interface Past {
  hasWebGpu?: boolean;
  remembered?: Notes;
  /** Models that were loading or answering when a page died. */
  deaths?: string[];
}

export function setUp({ hasWebGpu = true, remembered = {}, deaths = [] }: Past = {}) {
  const weights = new Weights();
  const inference = new Inference();
  const notes = {
    get: (name: string) => remembered[name] ?? null,
    set: (name: string, value: string | null) => void (remembered[name] = value),
  };
  const models = new Models({
    ...{ weights, inference, remembered: notes, hasWebGpu },
    notes: { deaths: () => Promise.resolve(deaths) },
  });
  return { weights, inference, remembered, models };
}

export const soon = (): Promise<void> => new Promise((later) => setTimeout(later));
