import { expect, test } from 'vitest';
import { fail } from '../failure.ts';
import { RunQueue } from './run-queue.ts';

test('runs follow one another, and a failed run does not disturb the next', async () => {
  const runs = new RunQueue('serial');
  const order: string[] = [];
  const first = runs.start('1', async () => {
    order.push('first begins');
    await new Promise((later) => setTimeout(later, 5));
    order.push('first ends');
    fail('bad-photo', 'no picture');
  });
  const second = runs.start('2', () => Promise.resolve(order.push('second')));
  expect(await first).toEqual({ kind: 'failed', failure: { code: 'bad-photo', message: 'no picture' } });
  expect(await second).toEqual({ kind: 'done', value: 3 });
  expect(order).toEqual(['first begins', 'first ends', 'second']);
});

test('a run that is stopped while it waits never begins', async () => {
  const runs = new RunQueue('serial');
  let began = false;
  const first = runs.start('1', () => new Promise((later) => setTimeout(later, 5)));
  const second = runs.start('2', () => Promise.resolve((began = true)));
  runs.cancel('2');
  await first;
  expect(await second).toEqual({ kind: 'stopped' });
  expect(began).toBe(false);
});

test('a run gets only its own stop', async () => {
  const runs = new RunQueue('serial');
  const run = runs.start('1', async (signal) => {
    runs.cancel('2');
    expect(signal.aborted).toBe(false);
    runs.cancel('1');
    await Promise.resolve();
    signal.throwIfAborted();
  });
  expect(await run).toEqual({ kind: 'stopped' });
});

test('a parallel run does not wait for the previous run, and can be stopped', async () => {
  const runs = new RunQueue('parallel');
  const first = runs.start(
    '1',
    (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      }),
  );
  expect(await runs.start('2', () => Promise.resolve('done'))).toEqual({ kind: 'done', value: 'done' });
  runs.cancel('1');
  expect(await first).toEqual({ kind: 'stopped' });
});
