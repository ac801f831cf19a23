// Tests the client against a real Comlink endpoint: the other end of a MessageChannel stands for the worker's
// thread, and dies on request.

import * as Comlink from 'comlink';
import { expect, test } from 'vitest';
import type { KeptModel, ModelRequest, WeightsEvent } from '../contract/weights.ts';
import type { Outcome } from '../failure.ts';
import { WeightsClient } from './weights-client.ts';
import type { WorkerLike } from './worker-calls.ts';

const REQUEST: ModelRequest = { id: 'a', name: 'A', source: { kind: 'package', url: 'https://h/a/' } };

/** A worker whose downloads end only when they are cancelled. Records the requests. */
class Thread extends EventTarget implements WorkerLike {
  readonly #channel = new MessageChannel();
  readonly #stops = new Map<string, (outcome: Outcome<KeptModel>) => void>();
  readonly asked: ModelRequest[] = [];
  terminated = false;

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
    this.#channel.port2.close();
  }

  download(
    runId: string,
    request: ModelRequest,
    onEvent: (event: WeightsEvent) => void,
  ): Promise<Outcome<KeptModel>> {
    this.asked.push(request);
    onEvent({ kind: 'following' });
    return new Promise((resolve) => this.#stops.set(runId, resolve));
  }

  list(): Promise<Outcome<KeptModel[]>> {
    return Promise.resolve({ kind: 'done', value: [] });
  }

  cancel(runId: string): void {
    this.#stops.get(runId)?.({ kind: 'stopped' });
  }
}

function setUp(): { client: WeightsClient; threads: Thread[] } {
  const threads: Thread[] = [];
  const client = new WeightsClient(() => {
    const thread = new Thread();
    threads.push(thread);
    return thread;
  });
  return { client, threads };
}

/** Starts a download and waits for its first event from the worker. */
async function begin(client: WeightsClient, signal: AbortSignal) {
  const events: WeightsEvent[] = [];
  let heard: () => void = () => undefined;
  const first = new Promise<void>((resolve) => (heard = resolve));
  const onEvent = (event: WeightsEvent): void => {
    events.push(event);
    if (event.kind === 'following') heard();
  };
  const ended = client.download(REQUEST, onEvent, signal);
  await first;
  return { ended, events };
}

test('a download passes on the worker’s events, and ends when it is stopped', async () => {
  const { client, threads } = setUp();
  const stop = new AbortController();
  const { ended, events } = await begin(client, stop.signal);
  expect(events).toEqual([{ kind: 'following' }]);
  expect(threads[0]?.asked).toEqual([REQUEST]);
  stop.abort();
  expect(await ended).toEqual({ kind: 'stopped' });
  client.dispose();
});

test('a call that is pending when the worker dies fails with worker-died, and the next gets a new worker', async () => {
  const { client, threads } = setUp();
  const { ended } = await begin(client, new AbortController().signal);
  threads[0]?.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
  const failure = { code: 'worker-died', message: 'out of memory' };
  expect(await ended).toEqual({ kind: 'failed', failure });
  expect(threads[0]?.terminated).toBe(true);
  expect(await client.list()).toEqual({ kind: 'done', value: [] });
  expect(threads).toHaveLength(2);
  client.dispose();
});

test('an abort before the start reaches no worker', async () => {
  const { client, threads } = setUp();
  const outcome = await client.download(REQUEST, () => undefined, AbortSignal.abort());
  expect(outcome).toEqual({ kind: 'stopped' });
  expect(threads).toHaveLength(0);
});
