// Tests growing conversations: which parts are computed again, which turns are left out when the context is full, and
// whether the model then computes the same as a new engine with the same messages.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Answer, AnswerEvent } from '../../../src/contract/answer.ts';
import type { Message, Part } from '../../../src/contract/conversation.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { loadProcessorEngine } from '../../../src/engine/load-processor-engine.ts';
import { parseJson } from '../../../src/format/json-field.ts';
import type { PackageStore } from '../../../src/format/package-store.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { openKernels } from '../../../src/node/kernels.ts';
import { kernelFiles } from '../../build/kernel-files.ts';
import { fixturePackage } from './fixture-package.ts';

const PICTURES = resolve(import.meta.dirname, '../../reference/pictures');
/** The context is short, so that a conversation outgrows it within seconds. */
const CONTEXT_TOKENS = 640;
const signal = new AbortController().signal;
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const kernels = await openKernels(await kernelFiles(), 1);

test('a picture of the second question is encoded; the first picture is not encoded again', async () => {
  const engine = await open();
  const first: Message = { role: 'user', content: [await picture('odd.png'), text('What is this?')] };
  const one = await ask(engine, [first]);
  expect(one.looked).toBe(1);

  const second: Message = { role: 'user', content: [await picture('second.png'), text('And this?')] };
  const two = await ask(engine, [first, { role: 'assistant', content: one.answer.text }, second]);
  expect(two.looked).toBe(1);
  expect(two.answer.cachedTokens).toBeGreaterThanOrEqual(one.answer.promptTokens);

  // If one question has both pictures, the prompt is a different one, with the same features.
  const both = [await picture('odd.png'), await picture('second.png'), text('What changed?')];
  expect((await ask(engine, [{ role: 'user', content: both }])).looked).toBe(0);
});

test('a conversation of 40 questions outgrows the context and continues, with its picture, as exactly as before', async () => {
  const engine = await open();
  const messages: Message[] = [];
  const leftOut: number[] = [];
  let looked = 0;
  let last: Asked | undefined;
  for (let number = 1; number <= 40; number++) {
    const words = text(`Question ${number}: what else is there?`);
    messages.push({ role: 'user', content: number === 1 ? [await picture('odd.png'), words] : [words] });
    last = await ask(engine, messages);
    looked += last.looked;
    leftOut.push(last.answer.leftOut?.turns ?? 0);
    expect(last.answer.promptTokens + last.answer.tokens).toBeLessThanOrEqual(CONTEXT_TOKENS);
    // Unless turns have just been left out, only the new tokens are computed.
    const changed = leftOut.at(-1) !== (leftOut.at(-2) ?? 0);
    if (number > 1 && !changed) {
      expect(last.answer.promptTokens - last.answer.cachedTokens).toBeLessThan(120);
    }
    messages.push({ role: 'assistant', content: last.answer.text });
  }
  expect(leftOut[0]).toBe(0);
  expect(leftOut.at(-1)).toBeGreaterThan(0);
  expect(leftOut).toEqual(leftOut.toSorted((a, b) => a - b));
  expect(looked).toBe(1);
  expect(last!.reported).toEqual({ turns: leftOut.at(-1), pictures: 0 });

  const anew = await ask(await open(), messages.slice(0, -1));
  expect(anew.answer.text).toBe(last!.answer.text);
  expect(cosine(anew.logits, last!.logits)).toBeGreaterThan(0.999999);
}, 600_000);

interface Asked {
  answer: Answer;
  /** Number of pictures that the vision encoder processed. */
  looked: number;
  logits: Float32Array;
  /** The parts that no longer fit, as the events reported them. */
  reported: Extract<AnswerEvent, { kind: 'left-out' }>['leftOut'] | undefined;
}

async function ask(engine: Engine, messages: readonly Message[]): Promise<Asked> {
  const asked: Omit<Asked, 'answer'> = { looked: 0, logits: new Float32Array(), reported: undefined };
  const onEvent = (event: AnswerEvent): void => {
    if (event.kind === 'left-out') asked.reported = event.leftOut;
  };
  const answer = await engine.answer(messages, { maxTokens: 4, sampling: {} }, onEvent, signal, {
    onPixels: () => asked.looked++,
    onPrefillLogits: (logits) => (asked.logits = logits.slice()),
  });
  return { answer, ...asked };
}

async function open(): Promise<Engine> {
  const store = await openDirectoryStore(fixturePackage('dense-tied', 'exact'));
  const config = parseJson(decoder.decode(await store.file('config.json')), 'config.json', 'bad-checkpoint');
  const short = encoder.encode(JSON.stringify(config, shortenContext));
  const shortened: PackageStore = {
    manifest: store.manifest,
    file: async (name) => (name === 'config.json' ? short : store.file(name)),
    shard: (index) => store.shard(index),
  };
  return loadProcessorEngine(shortened, kernels, decodePhoto, { ignoreStops: true }, signal);
}

/** A replacer for JSON.stringify that shortens the context. */
function shortenContext(key: string, value: unknown): unknown {
  return key === 'max_position_embeddings' ? CONTEXT_TOKENS : value;
}

async function picture(name: string): Promise<Part> {
  return { type: 'image', photo: new Blob([await readFile(join(PICTURES, name))]) };
}

function text(words: string): Part {
  return { type: 'text', text: words };
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, index) => sum + value * y[index]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
