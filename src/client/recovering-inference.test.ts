import { expect, test } from 'vitest';
import type { Answer, AnswerEvent, AnswerOptions } from '../contract/answer.ts';
import type { LoadedModel, LoadOptions } from '../contract/inference.ts';
import type { FailureCode, Outcome } from '../failure.ts';
import { RecoveringInference } from './recovering-inference.ts';

const MODEL: LoadedModel = {
  id: 'demo',
  architecture: 'qwen3_vl_moe',
  preset: 'exact',
  backend: 'webgpu',
  precision: 'f32',
  bytes: 1000,
  contextTokens: 100,
  thinks: false,
  experts: { layers: 1, count: 4, chosen: 2, bytes: 800, budgetBytes: null },
};
const ANSWER: Answer = {
  text: 'one two three',
  ids: [],
  tokens: 3,
  promptTokens: 1,
  cachedTokens: 0,
  reason: 'eos',
  timings: { decodingMs: 0, visionMs: 0, prefillMs: 0, answeringMs: 0 },
};
const failed = (code: FailureCode): Outcome<never> => ({ kind: 'failed', failure: { code, message: code } });
const LOST = failed('device-lost');

/** A worker that returns the scripted outcomes in order, and successes after them. */
class Scripted {
  loads: Outcome<LoadedModel>[] = [];
  /** For each answer: the pieces of text that the worker reports before it ends the answer with `end`. */
  answers: { pieces: string[]; end: Outcome<Answer> }[] = [];
  readonly asked: AnswerOptions[] = [];
  readonly loaded: LoadOptions[] = [];
  disposed = 0;

  load(_: string, options: LoadOptions): Promise<Outcome<LoadedModel>> {
    this.loaded.push(options);
    return Promise.resolve(this.loads.shift() ?? { kind: 'done', value: MODEL });
  }

  answer(
    _: unknown,
    options: AnswerOptions,
    onEvent: (event: AnswerEvent) => void,
  ): Promise<Outcome<Answer>> {
    this.asked.push(options);
    const { pieces, end } = this.answers.shift() ?? {
      pieces: ['one ', 'two ', 'three'],
      end: { kind: 'done', value: ANSWER },
    };
    for (const text of pieces) onEvent({ kind: 'text', text });
    return Promise.resolve(end);
  }

  loadBehind(): Promise<Outcome<LoadedModel>> {
    return Promise.resolve({ kind: 'done', value: MODEL });
  }

  takeOver(): Promise<Outcome<LoadedModel>> {
    return Promise.resolve({ kind: 'done', value: MODEL });
  }

  forget() {
    return Promise.resolve({ kind: 'done', value: null } as const);
  }

  unload(): Promise<Outcome<null>> {
    return Promise.resolve({ kind: 'done', value: null });
  }

  dispose(): void {
    this.disposed++;
  }
}

class TestClock {
  at = 0;
  onWait: () => void = () => undefined;
  now(): number {
    return this.at;
  }
  wait(ms: number): Promise<void> {
    this.at += ms;
    this.onWait();
    return Promise.resolve();
  }
}

const never = new AbortController().signal;
const ask = { maxTokens: 9, sampling: {} };

async function loaded(): Promise<{ worker: Scripted; clock: TestClock; inference: RecoveringInference }> {
  const worker = new Scripted();
  const clock = new TestClock();
  const inference = new RecoveringInference(worker, clock);
  await inference.load('demo', { backend: 'webgpu' }, () => undefined, never);
  return { worker, clock, inference };
}

async function answered(
  inference: RecoveringInference,
  signal = never,
  options: AnswerOptions = ask,
): Promise<{ outcome: Outcome<Answer>; text: string; waits: number[] }> {
  let text = '';
  const waits: number[] = [];
  const outcome = await inference.answer(
    [],
    options,
    (event) => {
      if (event.kind === 'text') text += event.text;
      if (event.kind === 'stage') waits.push(event.total);
    },
    signal,
  );
  return { outcome, text, waits };
}

test('an answer whose device is lost continues where it was, and the text is the same', async () => {
  const { worker, inference } = await loaded();
  worker.answers = [{ pieces: ['one ', 'tw'], end: LOST }];
  const { outcome, text } = await answered(inference);
  expect(outcome).toEqual({ kind: 'done', value: ANSWER });
  expect(text).toBe('one two three');
  expect(worker.disposed).toBe(1);
  expect(worker.loaded).toHaveLength(2);
});

test('the client also recovers from a dead worker, and from a loss while it loads again', async () => {
  const { worker, inference } = await loaded();
  worker.answers = [{ pieces: ['one'], end: failed('worker-died') }];
  worker.loads = [LOST];
  expect((await answered(inference)).text).toBe('one two three');
  expect(worker.disposed).toBe(2);
});

test('three losses within five minutes end with an explanation, and the next question may try again', async () => {
  const { worker, clock, inference } = await loaded();
  const lost = { pieces: [], end: LOST };
  worker.answers = [lost, lost, lost];
  expect((await answered(inference)).outcome).toMatchObject({ failure: { code: 'device-unstable' } });
  expect((await answered(inference)).outcome.kind).toBe('done');
  for (let hour = 0; hour < 4; hour++) {
    clock.at += 3_600_000;
    worker.answers = [lost];
    expect((await answered(inference)).outcome.kind).toBe('done');
  }
});

test('the failure after three dead workers does not blame the graphics processor', async () => {
  const { worker, inference } = await loaded();
  const dead = { pieces: [], end: failed('worker-died') };
  worker.answers = [dead, dead, dead];
  expect((await answered(inference)).outcome).toMatchObject({ failure: { code: 'worker-died' } });
});

test('the client waits, with a countdown, while the browser gives no adapter', async () => {
  const { worker, clock, inference } = await loaded();
  worker.answers = [{ pieces: [], end: LOST }];
  worker.loads = Array.from({ length: 24 }, () => failed('no-webgpu'));
  const { outcome, waits } = await answered(inference);
  expect(outcome.kind).toBe('done');
  expect(clock.at).toBe(120_000);
  expect(waits.filter((total) => total === 130).length).toBeGreaterThanOrEqual(120);
});

test('an adapter that does not come back, and a stop while waiting, end the wait', async () => {
  const { worker, clock, inference } = await loaded();
  const lost = { pieces: [], end: LOST };
  worker.answers = [lost, lost];
  worker.loads = Array.from({ length: 100 }, () => failed('no-webgpu'));
  expect((await answered(inference)).outcome).toMatchObject({ failure: { code: 'no-webgpu' } });
  expect(clock.at).toBe(130_000);
  const stop = new AbortController();
  clock.onWait = () => stop.abort();
  expect((await answered(inference, stop.signal)).outcome).toEqual({ kind: 'stopped' });
});

test('a device that has too little memory afterwards gets fewer experts', async () => {
  const { worker, inference } = await loaded();
  worker.answers = [{ pieces: [], end: LOST }];
  worker.loads = [failed('out-of-memory'), failed('out-of-memory')];
  expect((await answered(inference)).outcome.kind).toBe('done');
  expect(worker.loaded.map(({ expertBudgetBytes }) => expertBudgetBytes)).toEqual([
    undefined,
    undefined,
    500,
    250,
  ]);
});

test('a sampled answer has one seed before and after a loss', async () => {
  const { worker, inference } = await loaded();
  worker.answers = [{ pieces: ['o'], end: LOST }];
  await answered(inference, never, { maxTokens: 9, sampling: { temperature: 1 } });
  const [before, after] = worker.asked.map(({ sampling }) => sampling.seed);
  expect(before).toBeTypeOf('number');
  expect(after).toBe(before);
});

test('the client passes on a failure that is no loss', async () => {
  const { worker, inference } = await loaded();
  worker.answers = [{ pieces: [], end: failed('bad-photo') }];
  expect((await answered(inference)).outcome).toEqual(failed('bad-photo'));
  expect(worker.disposed).toBe(0);
});

test('after a takeover, a lost device gets the model that took over; before it, the model that answered', async () => {
  const { worker, inference } = await loaded();
  await inference.load('demo', { backend: 'wasm' }, () => undefined, never);
  await inference.loadBehind('demo', { backend: 'webgpu', hardwareOnly: true }, never);
  worker.answers = [{ pieces: [], end: failed('worker-died') }];
  await answered(inference);
  expect(worker.loaded.at(-1)).toEqual({ backend: 'wasm' });
  await inference.takeOver();
  worker.answers = [{ pieces: [], end: LOST }];
  await answered(inference);
  expect(worker.loaded.at(-1)).toEqual({ backend: 'webgpu', hardwareOnly: true });
});
