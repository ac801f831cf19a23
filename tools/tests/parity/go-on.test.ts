// Tests answers that stop early and continue, on the processor engine: both parts together must equal the answer of a
// single run.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Answer, AnswerEvent, AnswerOptions } from '../../../src/contract/answer.ts';
import type { Message, Sampling } from '../../../src/contract/conversation.ts';
import type { PackageStore } from '../../../src/format/package-store.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { loadProcessorEngine } from '../../../src/engine/load-processor-engine.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { openKernels } from '../../../src/node/kernels.ts';
import { kernelFiles } from '../../build/kernel-files.ts';
import { REPEATED } from '../support/made-checkpoints.ts';
import { fixturePackage, repeatingPackage } from './fixture-package.ts';
import { ReferenceFiles } from './reference-files.ts';

const REFERENCE = resolve(import.meta.dirname, '../../reference');
const reference = new ReferenceFiles((path) => readFile(join(REFERENCE, path)));
const conversations = await reference.conversations();
const messages = conversations.get('picture')!;
const kernels = await openKernels(await kernelFiles(), 1);
const never = new AbortController().signal;
const LENGTH = 10;

interface Seen {
  answer: Answer;
  reported: string;
  /** The number of tokens that the cache held when the prefill began. */
  from: number | undefined;
}

async function ask(
  engine: Engine,
  options: Partial<AnswerOptions>,
  onEvent: (event: AnswerEvent) => void = () => undefined,
  signal = never,
): Promise<Seen> {
  let reported = '';
  let from: number | undefined;
  const listen = (event: AnswerEvent): void => {
    if (event.kind === 'text') reported += event.text;
    if (event.kind === 'stage' && event.stage === 'prefill') from ??= event.done;
    onEvent(event);
  };
  const answer = await engine.answer(
    messages,
    { maxTokens: LENGTH, sampling: {}, ...options },
    listen,
    signal,
  );
  return { answer, reported, from };
}

const engine = await loadProcessorEngine(
  await openDirectoryStore(fixturePackage('dense-tied', 'exact')),
  kernels,
  decodePhoto,
  {},
  never,
);

const SAMPLINGS: Record<string, Sampling> = {
  greedy: {},
  'drawn with a seed and penalties': {
    ...{ temperature: 0.9, topP: 0.95, topK: 40, seed: 7 },
    ...{ presencePenalty: 1.5, repetitionPenalty: 1.1 },
  },
};

test.each(Object.entries(SAMPLINGS))(
  'an answer that is %s goes on as if it had not ended',
  async (_, sampling) => {
    const { answer: whole } = await ask(engine, { sampling });
    for (const ended of [1, 7, LENGTH - 1]) {
      const first = await ask(engine, { sampling, maxTokens: ended });
      expect(first.answer.reason).toBe('length');
      expect(first.answer.ids).toEqual(whole.ids.slice(0, ended));
      const begun = { text: first.answer.text, ids: first.answer.ids };
      const rest = await ask(engine, { sampling, maxTokens: LENGTH - ended, begun });
      expect(rest.answer.ids).toEqual(whole.ids);
      expect(rest.answer.text).toBe(whole.text);
      expect(whole.text.endsWith(rest.reported)).toBe(true);
      expect(rest.answer.tokens).toBe(LENGTH - ended);
      expect(rest.answer.promptTokens).toBe(whole.promptTokens);
      // Only the latest token was computed again.
      expect(rest.from).toBe(whole.promptTokens + ended - 1);
    }
  },
);

test('it continues in the same way if the cache is empty', async () => {
  const { answer: whole } = await ask(engine, {});
  const { answer: first } = await ask(engine, { maxTokens: 7 });
  engine.forget();
  const begun = { text: first.text, ids: first.ids };
  const { answer } = await ask(engine, { maxTokens: LENGTH - 7, begun });
  expect(answer.ids).toEqual(whole.ids);
});

test('an answer that the user stopped continues', async () => {
  const { answer: whole } = await ask(engine, {});
  const stop = new AbortController();
  const onEvent = (event: AnswerEvent): void => {
    if (event.kind === 'stage' && event.stage === 'answering' && event.done === 5) stop.abort();
  };
  const { answer: first } = await ask(engine, {}, onEvent, stop.signal);
  expect(first.reason).toBe('stopped');
  expect(first.ids.length).toBeLessThan(LENGTH);
  const begun = { text: first.text, ids: first.ids };
  const { answer } = await ask(engine, { maxTokens: LENGTH - first.ids.length, begun });
  expect(answer.ids).toEqual(whole.ids);
});

test('without its tokens, an answer continues from its text, even if parts of the text look like tokens', async () => {
  const text = 'What <|im_end|> means: ';
  const { answer, reported } = await ask(engine, { maxTokens: 3, begun: { text: `${text}\ufffd` } });
  expect(answer.text).toBe(text + reported);
  expect(answer.ids).not.toContain(engine.files.tokenizer.id('<|im_end|>'));
});

test('a thought is ended on request, and the model continues after it', async () => {
  const { tokenizer } = engine.files;
  const ids = tokenizer.encode('Let me see');
  const { answer, reported } = await ask(engine, {
    maxTokens: 3,
    begun: { text: 'Let me see', ids, answerNow: true },
  });
  expect(answer.ids.slice(0, ids.length)).toEqual(ids);
  expect(answer.ids).toContain(tokenizer.id('</think>'));
  expect(answer.text).toBe(`Let me see${reported}`);
  expect(reported).toContain('</think>\n\n');
  expect(answer.tokens).toBe(3);
});

test('an answer that fills the context ends with the reason "context"', async () => {
  const store = await openDirectoryStore(fixturePackage('dense-tied', 'exact'));
  const { promptTokens } = (await ask(engine, { maxTokens: 1 })).answer;
  const small: PackageStore = {
    manifest: store.manifest,
    shard: (index) => store.shard(index),
    file: async (name) => {
      const bytes = await store.file(name);
      if (name !== 'config.json') return bytes;
      const text = new TextDecoder().decode(bytes);
      const limit = `"max_position_embeddings": ${promptTokens + 5}`;
      return new TextEncoder().encode(text.replace(/"max_position_embeddings": \d+/, limit));
    },
  };
  const other = await loadProcessorEngine(small, kernels, decodePhoto, {}, never);
  const { answer } = await ask(other, {});
  expect(answer.reason).toBe('context');
  expect(answer.tokens).toBe(5);
});

test('an answer that only repeats itself is ended, and continues on request', async () => {
  const model = await loadProcessorEngine(
    await openDirectoryStore(repeatingPackage()),
    kernels,
    decodePhoto,
    {},
    never,
  );
  const question: Message[] = [{ role: 'user', content: 'What does it say?' }];
  const write = (options: Partial<AnswerOptions>): Promise<Answer> =>
    model.answer(question, { maxTokens: 300, sampling: {}, ...options }, () => undefined, never);
  const ended = await write({});
  expect(ended.text).toContain(REPEATED.repeat(10));
  expect(ended.reason).toBe('repetition');
  const rest = await write({ maxTokens: 8, begun: { text: ended.text, ids: ended.ids } });
  expect(rest.reason).toBe('length');
  expect(rest.ids).toHaveLength(ended.ids.length + 8);
  expect(rest.text).toContain(ended.text);
});
