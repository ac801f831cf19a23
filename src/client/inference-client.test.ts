// Tests the client against a real Comlink endpoint: the other end of a MessageChannel stands for the worker's
// thread, and dies on request.

import * as Comlink from 'comlink';
import { expect, test, vi } from 'vitest';
import type { InferenceApi, LoadedModel } from '../contract/inference.ts';
import type { Outcome } from '../failure.ts';
import { InferenceClient } from './inference-client.ts';
import type { WorkerLike } from './worker-calls.ts';

const NO_WALLS = { walls: {}, tookMs: 0 };
const MODEL: LoadedModel = {
  id: 'a',
  architecture: 'qwen3_vl',
  preset: 'exact',
  backend: 'wasm',
  precision: 'f32',
  bytes: 1,
  contextTokens: 1024,
  thinks: false,
  experts: null,
};

/**
 * A worker that loads models at once, and whose answers end only when they are cancelled. Records the cancelled runs.
 */
class Thread extends EventTarget implements WorkerLike, InferenceApi {
  readonly #channel = new MessageChannel();
  readonly cancelled: string[] = [];
  terminated = false;
  #stop = new Map<string, (outcome: Outcome<never>) => void>();

  constructor() {
    super();
    Comlink.expose(this, this.#channel.port2);
    this.#channel.port1.addEventListener('message', (event) => {
      this.dispatchEvent(new MessageEvent('message', { data: event.data as unknown }));
    });
    this.#channel.port1.start();
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.#channel.port1.postMessage(message, transfer);
  }

  terminate(): void {
    this.terminated = true;
    this.#channel.port1.close();
  }

  walls() {
    return Promise.resolve({ kind: 'done', value: { inference: NO_WALLS, kernel: NO_WALLS } } as const);
  }

  prepare() {
    return Promise.resolve({ kind: 'done', value: null } as const);
  }

  load(): Promise<Outcome<LoadedModel>> {
    return Promise.resolve({ kind: 'done', value: MODEL });
  }

  loadBehind(runId: string): Promise<Outcome<never>> {
    return this.answer(runId);
  }

  takeOver(): Promise<Outcome<LoadedModel>> {
    return this.load();
  }

  answer(runId: string): Promise<Outcome<never>> {
    return new Promise((resolve) => this.#stop.set(runId, resolve));
  }

  cancel(runId: string): void {
    this.cancelled.push(runId);
    this.#stop.get(runId)?.({ kind: 'stopped' });
  }

  forget() {
    return Promise.resolve({ kind: 'done', value: null } as const);
  }

  unload(): Promise<Outcome<null>> {
    return Promise.resolve({ kind: 'done', value: null });
  }
}

function setUp(): { client: InferenceClient; threads: Thread[] } {
  const threads: Thread[] = [];
  const client = new InferenceClient(() => {
    const thread = new Thread();
    threads.push(thread);
    return thread;
  });
  return { client, threads };
}

const never = new AbortController().signal;
const nothing = (): void => undefined;
const load = (client: InferenceClient): Promise<Outcome<LoadedModel>> =>
  client.load('/packages/a/', { backend: 'wasm' }, nothing, never);
const answer = (client: InferenceClient, signal = never): ReturnType<InferenceClient['answer']> =>
  client.answer([{ role: 'user', content: 'hi' }], { maxTokens: 1, sampling: {} }, nothing, signal);

test('a call reaches the worker and returns its outcome', async () => {
  const { client, threads } = setUp();
  expect(await load(client)).toEqual({ kind: 'done', value: MODEL });
  expect(threads).toHaveLength(1);
  client.dispose();
});

test('a call that is pending when the worker dies fails with worker-died, and the next one gets a new worker', async () => {
  const { client, threads } = setUp();
  const waiting = answer(client);
  threads[0]?.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
  expect(await waiting).toEqual({
    kind: 'failed',
    failure: { code: 'worker-died', message: 'out of memory' },
  });
  expect(threads[0]?.terminated).toBe(true);
  expect((await load(client)).kind).toBe('done');
  expect(threads).toHaveLength(2);
  client.dispose();
});

test('an abort crosses the thread as cancel of that run', async () => {
  const { client, threads } = setUp();
  const abort = new AbortController();
  const waiting = answer(client, abort.signal);
  await load(client);
  abort.abort();
  expect(await waiting).toEqual({ kind: 'stopped' });
  expect(threads[0]?.cancelled).toEqual(['1']);
  client.dispose();
});

test('its own abort stops a load behind, and its model takes over when the page requests it', async () => {
  const { client, threads } = setUp();
  const abort = new AbortController();
  const behind = client.loadBehind('/packages/a/', { backend: 'webgpu' }, abort.signal);
  expect(await client.takeOver()).toEqual({ kind: 'done', value: MODEL });
  abort.abort();
  expect(await behind).toEqual({ kind: 'stopped' });
  expect(threads[0]?.cancelled).toHaveLength(1);
  client.dispose();
});

test('an abort before the start reaches no worker', async () => {
  const { client, threads } = setUp();
  expect(await answer(client, AbortSignal.abort())).toEqual({ kind: 'stopped' });
  expect(threads).toHaveLength(0);
});

test('a worker whose script cannot be fetched fails with not-loaded, and the client reports it as missing', async () => {
  const threads: Thread[] = [];
  let missing = 0;
  const client = new InferenceClient(
    () => {
      const thread = new Thread();
      threads.push(thread);
      return thread;
    },
    undefined,
    () => missing++,
  );
  const waiting = answer(client);
  // When a script does not exist, a browser reports only this event.
  threads[0]?.dispatchEvent(new Event('error'));
  expect(await waiting).toMatchObject({ kind: 'failed', failure: { code: 'not-loaded' } });
  expect(missing).toBe(1);
});

test('a model whose own program never ends fails alone: the runs behind it begin in a fresh worker', async () => {
  const { client, threads } = setUp();
  const hung = answer(client);
  await expect.poll(() => threads.length).toBe(1);
  threads[0]!.dispatchEvent(new MessageEvent('message', { data: { foreignProgram: 'begun' } }));
  const stop = new AbortController();
  const behind = answer(client, stop.signal);
  await expect(hung).resolves.toMatchObject({ kind: 'failed', failure: { code: 'endless-model' } });
  await expect.poll(() => threads.map(({ terminated }) => terminated)).toEqual([true, false]);
  stop.abort();
  await expect(behind).resolves.toEqual({ kind: 'stopped' });
  expect(threads[1]!.cancelled).toHaveLength(1);
  client.dispose();
}, 30_000);

test('a program that begins while another call already waits gets only the short time limit', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const { client, threads } = setUp();
    const hung = answer(client);
    const stop = new AbortController();
    const behind = answer(client, stop.signal);
    await expect.poll(() => threads.length).toBe(1);
    // The worker was still loading the model when the second call came.
    threads[0]!.dispatchEvent(new MessageEvent('message', { data: { foreignProgram: 'begun' } }));
    vi.advanceTimersByTime(2000);
    expect(threads[0]!.terminated).toBe(true);
    await expect(hung).resolves.toMatchObject({ kind: 'failed', failure: { code: 'endless-model' } });
    stop.abort();
    await behind;
    client.dispose();
  } finally {
    vi.useRealTimers();
  }
});

test('a spare worker starts while a program is slow; it takes the next call, or ends with the program', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const { client, threads } = setUp();
    const slow = answer(client);
    await expect.poll(() => threads.length).toBe(1);
    const hear = (foreignProgram: string): boolean =>
      threads[0]!.dispatchEvent(new MessageEvent('message', { data: { foreignProgram } }));
    hear('begun');
    vi.advanceTimersByTime(1000);
    expect(threads.map(({ terminated }) => terminated)).toEqual([false, false]);
    hear('ended');
    expect(threads.map(({ terminated }) => terminated)).toEqual([false, true]);
    hear('begun');
    vi.advanceTimersByTime(20_000);
    await expect(slow).resolves.toMatchObject({ kind: 'failed', failure: { code: 'endless-model' } });
    expect(await load(client)).toEqual({ kind: 'done', value: MODEL });
    expect(threads.map(({ terminated }) => terminated)).toEqual([true, true, false]);
    client.dispose();
    expect(threads.map(({ terminated }) => terminated)).toEqual([true, true, true]);
  } finally {
    vi.useRealTimers();
  }
});

test('a program that ends in time ends no worker', async () => {
  const { client, threads } = setUp();
  const stop = new AbortController();
  const asked = answer(client, stop.signal);
  await expect.poll(() => threads.length).toBe(1);
  for (const foreignProgram of ['begun', 'ended']) {
    threads[0]!.dispatchEvent(new MessageEvent('message', { data: { foreignProgram } }));
  }
  stop.abort();
  await expect(asked).resolves.toEqual({ kind: 'stopped' });
  await new Promise((later) => setTimeout(later, 2500));
  expect(threads.map(({ terminated }) => terminated)).toEqual([false]);
  client.dispose();
}, 30_000);
test('an error without a message ends a worker that never sent one, and no other', async () => {
  const threads: Thread[] = [];
  const client = new InferenceClient(() => {
    const thread = new Thread();
    threads.push(thread);
    return thread;
  });
  expect(await client.forget()).toMatchObject({ kind: 'done' });
  threads[0]?.dispatchEvent(new Event('error'));
  expect(threads[0]?.terminated).toBe(false);
  expect(await client.forget()).toMatchObject({ kind: 'done' });
  expect(threads).toHaveLength(1);
  client.dispose();
});
