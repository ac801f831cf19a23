// Tests short prompts, with expected ids written by hand; reference.test.ts compares whole conversations with the
// reference.

import { describe, expect, test } from 'vitest';
import { buildPrompt, answerLimit, type Prompt, type PromptMedia, type PromptOptions } from './prompt.ts';

const SPECIAL = ['<|vision_start|>', '<|vision_end|>', '<|image_pad|>', '<|video_pad|>'];

/** Gives one id per character, and ids from 1001 on to the special tokens. */
const tokenizer = {
  encode: (text: string): number[] =>
    text
      .split(/(<\|\w+\|>)/)
      .flatMap((piece) =>
        SPECIAL.includes(piece)
          ? [1001 + SPECIAL.indexOf(piece)]
          : Array.from(piece, (character) => character.charCodeAt(0)),
      ),
  token: (id: number): string | undefined => SPECIAL[id - 1001],
};
const options: PromptOptions = {
  tokenizer,
  tokens: { visionStart: 1001, visionEnd: 1002, image: 1003, video: 1004 },
  mergeSize: 2,
};
const IMAGE = '<|vision_start|><|image_pad|><|vision_end|>';
const VIDEO = '<|vision_start|><|video_pad|><|vision_end|>';
const image = (height: number, width: number): PromptMedia => ({
  kind: 'image',
  grid: { frames: 1, height, width },
});
const clip = (...timestamps: number[]): PromptMedia => ({
  kind: 'video',
  grid: { frames: timestamps.length, height: 2, width: 4 },
  timestamps,
});

function show({ inputIds }: { inputIds: Int32Array }): string {
  const short = ['[', ']', 'i', 'v'];
  return Array.from(inputIds, (id) => short[id - 1001] ?? String.fromCharCode(id)).join('');
}

test('each picture takes as many tokens as its merged grid', () => {
  const prompt = buildPrompt(`A${IMAGE}B${IMAGE}C`, [image(4, 6), image(2, 2)], options);
  expect(show(prompt)).toBe('A[iiiiii]B[i]C');
  expect(prompt.slots).toEqual([
    { media: 0, kind: 'image', group: 0, start: 2, height: 2, width: 3 },
    { media: 1, kind: 'image', group: 0, start: 11, height: 1, width: 1 },
  ]);
});

describe('a clip', () => {
  test('becomes groups with times in place of its wrapper, as in transformers 4.57.6', () => {
    const prompt = buildPrompt(`A${VIDEO}B`, [clip(0.25, 1.2)], options);
    expect(show(prompt)).toBe('A<0.2 seconds>[vv]<1.2 seconds>[vv]B');
    expect(prompt.slots.map(({ group, start }) => [group, start])).toEqual([
      [0, 15],
      [1, 32],
    ]);
  });

  test('may stand without a wrapper in the template', () => {
    const prompt = buildPrompt('A<|video_pad|>B', [clip(0, 1)], options);
    expect(show(prompt)).toBe('A<0.0 seconds>[vv]<1.0 seconds>[vv]B');
  });

  test('may stand between pictures', () => {
    const prompt = buildPrompt(IMAGE + VIDEO + IMAGE, [image(2, 2), clip(0), image(2, 4)], options);
    expect(show(prompt)).toBe('[i]<0.0 seconds>[vv][ii]');
    expect(prompt.slots.map(({ media, kind }) => [media, kind])).toEqual([
      [0, 'image'],
      [1, 'video'],
      [2, 'image'],
    ]);
  });

  test('needs one time per group', () => {
    const wrong: PromptMedia = { kind: 'video', grid: { frames: 2, height: 2, width: 2 }, timestamps: [0] };
    expect(() => buildPrompt(VIDEO, [wrong], options)).toThrow('timestamps');
  });
});

test.each([
  [IMAGE + IMAGE, [image(2, 2)]],
  [IMAGE, [image(2, 2), image(2, 2)]],
  ['typed <|image_pad|> by a user', []],
  [VIDEO + VIDEO, [clip(0)]],
  ['', [clip(0)]],
])('placeholders and media must agree: %#', (text, media) => {
  expect(() => buildPrompt(text, media, options)).toThrow(expect.objectContaining({ code: 'bad-request' }));
});

test('a token that config.json names and the tokenizer lacks is the checkpoint’s fault', () => {
  const tokens = { ...options.tokens, visionStart: 5 };
  expect(() => buildPrompt(VIDEO, [clip(0)], { ...options, tokens })).toThrow(
    expect.objectContaining({ code: 'bad-checkpoint' }),
  );
});

/** A prompt without pictures. */
const words = (...ids: number[]): Prompt => ({ inputIds: Int32Array.from(ids), slots: [] });

test('an answer gets the part of the context that the prompt leaves free', () => {
  const text = { vocabSize: 50, contextLength: 4 };
  expect(answerLimit(words(1, 2, 49), text)).toBe(1);
  expect(() => answerLimit(words(1, 2, 3, 4), text)).toThrow('has 4 tokens; the model reads 4');
});

test('too many words and too many pictures are different failures', () => {
  const text = { vocabSize: 50, contextLength: 4 };
  expect(() => answerLimit(words(1, 2, 3, 4), text)).toThrow(
    expect.objectContaining({ code: 'question-too-long' }),
  );
  const slots = [{ media: 0, kind: 'image' as const, group: 0, start: 1, height: 1, width: 2 }];
  const prompt = { inputIds: Int32Array.of(1, 49, 49, 4), slots };
  expect(() => answerLimit(prompt, text)).toThrow(expect.objectContaining({ code: 'prompt-too-long' }));
});

test('a token without a row in the embedding is named', () => {
  const text = { vocabSize: 50, contextLength: 4 };
  expect(() => answerLimit(words(1, 50), text)).toThrow('the token 50');
});
