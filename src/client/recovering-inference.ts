// An inference client that survives the loss of its GPU. When the device is lost or the worker dies, it loads the model
// again from storage and repeats the question, so that the conversation continues. It waits if the browser gives no
// adapter (Chromium gives none for 120 s after a second crash), and gives up after too many losses.

import type { Answer, AnswerEvent, AnswerOptions } from '../contract/answer.ts';
import type { Message } from '../contract/conversation.ts';
import type { LoadedModel, LoadEvent, LoadOptions } from '../contract/inference.ts';
import type { FailureCode, Outcome } from '../failure.ts';
import type { InferenceClient } from './inference-client.ts';

/** Failures that mean that the device was lost. */
const LOST: ReadonlySet<FailureCode> = new Set(['device-lost', 'worker-died']);

const MAX_LOSSES = 3;
const LOSSES_WITHIN_MS = 5 * 60_000;
const ADAPTER_WAIT_S = 130;
const ADAPTER_RETRY_S = 5;

type Inner = Pick<
  InferenceClient,
  'load' | 'loadBehind' | 'takeOver' | 'answer' | 'forget' | 'unload' | 'dispose'
>;

export interface Clock {
  now(): number;
  /** Resolves after `ms`, or as soon as `signal` aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export class RecoveringInference implements Inner {
  readonly #inner: Inner;
  readonly #clock: Clock;
  #loaded: { modelId: string; options: LoadOptions; model: LoadedModel } | undefined;
  /** The model that was loaded behind. */
  #next: { modelId: string; options: LoadOptions } | undefined;
  #losses: { at: number; code: FailureCode }[] = [];

  constructor(inner: Inner, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
  }

  /**
   * Like InferenceClient's `load`, but tries again if the device is lost while loading. May also fail with
   * 'device-unstable'.
   */
  async load(
    modelId: string,
    options: LoadOptions,
    onEvent: (event: LoadEvent) => void,
    signal: AbortSignal,
  ): Promise<Outcome<LoadedModel>> {
    this.#loaded = undefined;
    for (;;) {
      const outcome = await this.#inner.load(modelId, options, onEvent, signal);
      if (outcome.kind === 'done') this.#loaded = { modelId, options, model: outcome.value };
      const code = lossOf(outcome);
      if (code === undefined) return outcome;
      const unstable = this.#lose(code);
      if (unstable !== undefined) return unstable;
    }
  }

  /**
   * Like InferenceClient's `loadBehind`. If the device is lost, only this load ends, and the loaded model keeps
   * answering.
   */
  loadBehind(modelId: string, options: LoadOptions, signal: AbortSignal): Promise<Outcome<LoadedModel>> {
    this.#next = { modelId, options };
    return this.#inner.loadBehind(modelId, options, signal);
  }

  async takeOver(): Promise<Outcome<LoadedModel>> {
    const next = this.#next;
    const outcome = await this.#inner.takeOver();
    if (outcome.kind === 'done' && next !== undefined) this.#loaded = { ...next, model: outcome.value };
    return outcome;
  }

  /**
   * Like InferenceClient's `answer`. After a loss, the answer is computed again from the start, and the text that was
   * already reported is not reported again. A sampled answer without a seed gets one here, so that the text is the
   * same.
   */
  async answer(
    messages: Message[],
    options: AnswerOptions,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
  ): Promise<Outcome<Answer>> {
    const repeatable = withSeed(options);
    let reported = 0;
    for (;;) {
      let written = 0;
      const listen = (event: AnswerEvent): void => {
        if (event.kind !== 'text') {
          onEvent(event);
          return;
        }
        const text = event.text.slice(Math.max(0, reported - written));
        written += event.text.length;
        if (text === '') return;
        reported = written;
        onEvent({ kind: 'text', text });
      };
      const outcome = await this.#inner.answer(messages, repeatable, listen, signal);
      const code = lossOf(outcome);
      if (code === undefined) return outcome;
      const recovered = await this.#recover(code, onEvent, signal);
      if (recovered.kind !== 'done') return recovered;
    }
  }

  forget(): Promise<Outcome<null>> {
    return this.#inner.forget();
  }

  unload(): Promise<Outcome<null>> {
    this.#loaded = undefined;
    return this.#inner.unload();
  }

  dispose(): void {
    this.#loaded = undefined;
    this.#inner.dispose();
  }

  /** Loads the model again. Waits if the browser gives no adapter, and lowers the expert budget if memory is short. */
  async #recover(
    lostBy: FailureCode,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
  ): Promise<Outcome<null>> {
    const loaded = this.#loaded;
    if (loaded === undefined) return failing('device-lost', 'The device was lost before a model was loaded.');
    let { options } = loaded;
    let waitedS = 0;
    let code: FailureCode | undefined = lostBy;
    for (;;) {
      if (code !== undefined) {
        const unstable = this.#lose(code);
        if (unstable !== undefined) return unstable;
      }
      onEvent({ kind: 'stage', stage: 'recovering', done: waitedS, total: waitedS > 0 ? ADAPTER_WAIT_S : 0 });
      const outcome = await this.#inner.load(loaded.modelId, options, () => undefined, signal);
      if (outcome.kind === 'done') {
        this.#loaded = { ...loaded, options, model: outcome.value };
        return { kind: 'done', value: null };
      }
      code = lossOf(outcome);
      if (code !== undefined) continue;
      if (outcome.kind === 'stopped') return outcome;
      const smaller =
        outcome.failure.code === 'out-of-memory' ? smallerBudget(loaded.model, options) : undefined;
      if (smaller !== undefined) {
        options = smaller;
        continue;
      }
      if (outcome.failure.code !== 'no-webgpu' || waitedS >= ADAPTER_WAIT_S) return outcome;
      for (let second = 0; second < ADAPTER_RETRY_S; second++) {
        onEvent({ kind: 'stage', stage: 'recovering', done: waitedS++, total: ADAPTER_WAIT_S });
        await this.#clock.wait(1000, signal);
        if (signal.aborted) return { kind: 'stopped' };
      }
    }
  }

  /**
   * Records a loss and ends the worker, whose device and runtime cannot be used any more. Returns a failure after too
   * many losses.
   */
  #lose(code: FailureCode): Outcome<never> | undefined {
    const now = this.#clock.now();
    this.#losses = [...this.#losses.filter(({ at }) => now - at < LOSSES_WITHIN_MS), { at: now, code }];
    this.#inner.dispose();
    if (this.#losses.length < MAX_LOSSES) return undefined;
    // Forgets the losses, so that the next question gets new attempts.
    const losses = this.#losses;
    this.#losses = [];
    const times = `${losses.length} times within five minutes`;
    // If the worker died each time, nothing indicates that the graphics processor is the cause.
    return losses.every((loss) => loss.code === 'worker-died')
      ? failing('worker-died', `The worker ended ${times}.`)
      : failing('device-unstable', `The device was lost ${times}.`);
  }
}

export const CLOCK: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
    }),
};

function lossOf<T>(outcome: Outcome<T>): FailureCode | undefined {
  return outcome.kind === 'failed' && LOST.has(outcome.failure.code) ? outcome.failure.code : undefined;
}

/**
 * Options with half the memory budget for experts; undefined if there are no experts, or if half the budget would be
 * less than 1/32 of the model.
 */
function smallerBudget(model: LoadedModel, options: LoadOptions): LoadOptions | undefined {
  const budget = options.expertBudgetBytes ?? model.bytes;
  const half = Math.floor(budget / 2);
  return model.experts === null || half < model.bytes / 32
    ? undefined
    : { ...options, expertBudgetBytes: half };
}

function withSeed(options: AnswerOptions): AnswerOptions {
  const { temperature = 0, seed } = options.sampling;
  if (temperature === 0 || seed !== undefined) return options;
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return { ...options, sampling: { ...options.sampling, seed: random } };
}

function failing(code: FailureCode, message: string): Outcome<never> {
  return { kind: 'failed', failure: { code, message } };
}
