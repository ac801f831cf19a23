// Tests the package's API in Node with the built-in model.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../contract/conversation.ts';
import type { AskOptions } from '../api/ask-options.ts';
import type { Model } from '../api/model.ts';
import { kernelFiles } from '../../tools/build/kernel-files.ts';
import { openDirectory, type OpenDirectoryOptions } from './open-directory.ts';

const DEMO = 'public/models/demo';
const kernels = await kernelFiles();
const openPackage = (directory: string, options: OpenDirectoryOptions = {}): Promise<Model> =>
  openDirectory(directory, options, kernels);

let model: Model;
let question: Message[];
beforeAll(async () => {
  model = await openPackage(DEMO);
  const photo = new Blob([await readFile('public/samples/signs-1.webp')]);
  const text = 'What does the upper sign mean?';
  question = [
    {
      role: 'user',
      content: [
        { type: 'image', photo },
        { type: 'text', text },
      ],
    },
  ];
});
afterAll(() => model.dispose());

test('a model reports its facts, and answers', async () => {
  expect(model.info).toMatchObject({ architecture: 'qwen3_vl_moe', backend: 'wasm', precision: 'f32' });
  expect(await model.answer(question).result).toMatchObject({ text: 'Give way', reason: 'eos' });
});

test('an answer that is stopped before it begins is an AbortError, and the next one is answered', async () => {
  const stopped = model.answer(question, { signal: AbortSignal.abort() });
  await expect(stopped.result).rejects.toMatchObject({ name: 'AbortError' });
  expect(await model.answer(question, { maxTokens: 1 }).result).toMatchObject({
    tokens: 1,
    reason: 'length',
  });
});

describe('a bad call fails at once with bad-request, and names the argument', () => {
  const user = (content: unknown): unknown[] => [{ role: 'user', content }];
  test.each<[string, unknown, unknown]>([
    ['messages must be an array', 'Hello', {}],
    ['messages must be of the user', [], {}],
    ['messages must be of the user', [{ role: 'assistant', content: 'Hello' }], {}],
    ['messages[0].role', [{ role: 'robot', content: '' }], {}],
    ['messages[0].content[0].photo', user([{ type: 'image', photo: 'cat.jpg' }]), {}],
    ['messages[0].content[0].type', user([{ type: 'audio' }]), {}],
    ['"max_tokens"', user('Hello'), { max_tokens: 3 }],
    ['maxTokens', user('Hello'), { maxTokens: 0 }],
    ['"top_k"', user('Hello'), { sampling: { top_k: 3 } }],
    ['temperature', user('Hello'), { sampling: { temperature: NaN } }],
    ['signal', user('Hello'), { signal: true }],
  ])('%s', (name, messages, options) => {
    const call = (): unknown => model.answer(messages as Message[], options as AskOptions);
    expect(call).toThrow(expect.objectContaining({ code: 'bad-request' }));
    expect(call).toThrow(name.replace('messages must be an array', 'messages: must be an array'));
  });

  test.each<[string, unknown]>([
    ['"backends"', { backends: 'wasm' }],
    ['backend', { backend: 'cuda' }],
    ['threads', { threads: 0 }],
    ['onProgress', { onProgress: true }],
  ])('%s', async (name, options) => {
    const opening = openPackage(DEMO, options as OpenDirectoryOptions);
    await expect(opening).rejects.toMatchObject({ code: 'bad-request' });
    await expect(opening).rejects.toThrow(name);
  });
});

test('a folder without a package fails with missing-file', async () => {
  await expect(openPackage('public')).rejects.toMatchObject({ code: 'missing-file' });
});

test('a disposed model answers nothing, and can be disposed again', async () => {
  const other = await openPackage(DEMO, { verify: false });
  const running = other.answer(question);
  await other.dispose();
  await expect(running.result).rejects.toMatchObject({ name: 'AbortError' });
  await other.dispose();
  expect(() => other.answer(question)).toThrow(expect.objectContaining({ code: 'no-model' }));
  await expect(other.forget()).rejects.toMatchObject({ code: 'no-model' });
});
