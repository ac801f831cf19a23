import { expect, test } from 'vitest';
import type { Answer, AnswerEvent } from '../contract/answer.ts';
import { AnswerStream, type RunAnswer } from './answer-stream.ts';

const ANSWER: Answer = {
  ...{ text: 'ab', ids: [1, 2], tokens: 2, promptTokens: 3, cachedTokens: 0, reason: 'eos' },
  timings: { decodingMs: 0, visionMs: 0, prefillMs: 0, answeringMs: 0 },
};
const text = (letters: string): AnswerEvent => ({ kind: 'text', text: letters });
const inTwo: RunAnswer = async (onEvent) => {
  onEvent(text('a'));
  await new Promise((resolve) => setTimeout(resolve));
  onEvent(text('b'));
  return { kind: 'done', value: ANSWER };
};
/** An answer that runs until it is stopped. */
const endless: RunAnswer = (onEvent, signal) =>
  new Promise((resolve) => {
    onEvent(text('a'));
    const stopped = (): void => resolve({ kind: 'done', value: { ...ANSWER, reason: 'stopped' } });
    signal.addEventListener('abort', stopped);
  });

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('an answer can be iterated, read as text, or awaited', async () => {
  expect(await all(new AnswerStream(inTwo, undefined))).toEqual([text('a'), text('b')]);
  expect(await all(new AnswerStream(inTwo, undefined).text())).toEqual(['a', 'b']);
  expect(await new AnswerStream(inTwo, undefined).result).toEqual(ANSWER);
});

test('an answer is iterated once', async () => {
  const stream = new AnswerStream(inTwo, undefined);
  await all(stream);
  await expect(all(stream)).rejects.toMatchObject({ code: 'bad-request' });
});

test('leaving the loop stops the answer', async () => {
  const stream = new AnswerStream(endless, undefined);
  for await (const event of stream) if (event.kind === 'text') break;
  expect(await stream.result).toMatchObject({ reason: 'stopped' });
});

test('the signal of the caller and stop() both stop the answer', async () => {
  const stop = new AbortController();
  const bySignal = new AnswerStream(endless, stop.signal);
  stop.abort();
  expect(await bySignal.result).toMatchObject({ reason: 'stopped' });
  const byCall = new AnswerStream(endless, undefined);
  byCall.stop();
  expect(await byCall.result).toMatchObject({ reason: 'stopped' });
});

test('a failure reaches both the loop and the result, with its code', async () => {
  const failing: RunAnswer = () =>
    Promise.resolve({ kind: 'failed', failure: { code: 'bad-photo', message: 'No picture.' } });
  const stream = new AnswerStream(failing, undefined);
  await expect(all(stream)).rejects.toMatchObject({ name: 'Failure', code: 'bad-photo' });
  await expect(stream.result).rejects.toMatchObject({ code: 'bad-photo' });
});

test('a stop before the first token is an AbortError', async () => {
  const stream = new AnswerStream(() => Promise.resolve({ kind: 'stopped' }), undefined);
  await expect(stream.result).rejects.toMatchObject({ name: 'AbortError' });
});
