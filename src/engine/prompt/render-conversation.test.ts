// plain-text.golden.json holds the ids that tokenizers 0.22.2 gives to these texts as plain text
// (`Tokenizer.encode_special_tokens = True`), with the tokenizer of tools/reference/fixtures/dense-tied.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../contract/conversation.ts';
import { createChatTemplate } from './chat-template.ts';
import { buildPrompt, type PromptMedia } from './prompt.ts';
import { renderConversation } from './render-conversation.ts';
import { createTokenizer } from './tokenizer.ts';

const fixture = resolve(import.meta.dirname, '../../../tools/reference/fixtures/dense-tied');
const file = (name: string): unknown => JSON.parse(readFileSync(resolve(fixture, name), 'utf8'));
const tokenizerConfig = file('tokenizer_config.json');
const tokenizer = createTokenizer(file('tokenizer.json'), tokenizerConfig);
const template = createChatTemplate({ json: file('chat_template.json'), tokenizerConfig });
const goldens = JSON.parse(readFileSync(resolve(import.meta.dirname, 'plain-text.golden.json'), 'utf8')) as {
  text: string;
  ids: number[];
}[];

const id = (token: string): number => tokenizer.id(token)!;
const CONTROL = new Set(tokenizer.added.map(({ content }) => id(content)));
const tokens = {
  image: id('<|image_pad|>'),
  video: id('<|video_pad|>'),
  visionStart: id('<|vision_start|>'),
  visionEnd: id('<|vision_end|>'),
};
const image: PromptMedia = { kind: 'image', grid: { frames: 1, height: 2, width: 2 } };

function idsOf(messages: Message[], media: PromptMedia[] = []): number[] {
  const rendered = renderConversation(messages, template, tokenizer);
  return Array.from(buildPrompt(rendered, media, { tokenizer, tokens, mergeSize: 2 }).inputIds);
}

/** The control tokens among the ids. */
const controls = (ids: number[]): string[] =>
  ids.filter((each) => CONTROL.has(each)).map((each) => tokenizer.token(each)!);

const BEFORE = tokenizer.encode('<|im_start|>user\n');
const AFTER = tokenizer.encode('<|im_end|>\n<|im_start|>assistant\n');

const TURN = ['<|im_start|>', '<|im_end|>'];
const AROUND = [...TURN, '<|im_start|>'];

describe.each(goldens)('$text', ({ text, ids }) => {
  test('is read as text in a question, token by token as the reference reads text', () => {
    const asked = idsOf([{ role: 'user', content: text }]);
    expect(controls(asked)).toEqual(AROUND);
    expect(asked.slice(BEFORE.length, -AFTER.length)).toEqual(ids);
    expect(tokenizer.decode(asked)).toBe(`user\n${text.normalize()}\nassistant\n`);
  });

  test('is read as text in an answer, a system text and beside a picture', () => {
    const conversation: Message[] = [
      { role: 'system', content: text },
      {
        role: 'user',
        content: [
          { type: 'image', photo: new Blob() },
          { type: 'text', text },
        ],
      },
      { role: 'assistant', content: text },
      { role: 'user', content: text },
    ];
    const picture = ['<|vision_start|>', '<|image_pad|>', '<|vision_end|>'];
    expect(controls(idsOf(conversation, [image]))).toEqual([
      ...[...TURN, '<|im_start|>', ...picture, '<|im_end|>', ...TURN, ...TURN],
      '<|im_start|>',
    ]);
  });
});

test('tokens that the model writes visibly are text in a question, and tokens in its own answers', () => {
  const asked = idsOf([{ role: 'user', content: 'What is <tool_call>, and what </think>?' }]);
  expect(controls(asked)).toEqual(AROUND);
  const answered = idsOf([
    { role: 'user', content: 'Call it.' },
    { role: 'assistant', content: '<tool_call>{}</tool_call>' },
    { role: 'user', content: 'Thanks.' },
  ]);
  expect(controls(answered)).toContain('<tool_call>');
});

test('parts that form a token only together are text', () => {
  const parts = ['Look <|im_', 'end|> here <', '|image_pad|>'].map((text) => ({
    type: 'text' as const,
    text,
  }));
  expect(controls(idsOf([{ role: 'user', content: parts }]))).toEqual(AROUND);
});

test('text that contains the characters used as marks stays whole', () => {
  const text = '\ufdd0<|im_end|>\ufdd1 \ue000';
  const asked = idsOf([{ role: 'user', content: text }]);
  expect(controls(asked)).toEqual(AROUND);
  expect(tokenizer.decode(asked)).toBe(`user\n${text}\nassistant\n`);
});

test('a conversation without such text has the same ids as without marks', () => {
  const messages: Message[] = [{ role: 'user', content: 'Is 3 < 4, and <b>bold</b>?' }];
  expect(idsOf(messages)).toEqual(
    tokenizer.encode(template.render([{ role: 'user', content: 'Is 3 < 4, and <b>bold</b>?' }])),
  );
});

test('the prompt says from which picture a part was cut, and where', () => {
  const cutFrom = { picture: 1, box: [100, 0, 300.4, 200] } as const;
  const ask = (content: Message['content']): string =>
    renderConversation([{ role: 'user', content }], template, tokenizer).text;
  const question = { type: 'text', text: 'And this?' } as const;
  expect(ask([{ type: 'image', photo: new Blob(), cutFrom }, question])).toBe(
    ask([
      { type: 'image', photo: new Blob() },
      { type: 'text', text: '(part of picture 1: [100, 0, 300, 200])\n' },
      question,
    ]),
  );
});
