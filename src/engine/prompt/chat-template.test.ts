// chat-template.golden.json holds conversations with tools, tool results and numbered pictures, rendered by
// transformers 5.17 with the template of tools/reference/fixtures/dense-tied (`processor.apply_chat_template`).

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { createChatTemplate, type RenderOptions, type TemplateMessage } from './chat-template.ts';

const fixture = resolve(import.meta.dirname, '../../../tools/reference/fixtures/dense-tied');
const json = readJson(resolve(fixture, 'chat_template.json'));
const tokenizerConfig = readJson(resolve(fixture, 'tokenizer_config.json'));

interface Golden {
  messages: TemplateMessage[];
  options: RenderOptions;
  text: string;
}

const goldens = readJson(resolve(import.meta.dirname, 'chat-template.golden.json')) as Golden[];

test.each(goldens)('conversation %# is rendered as in the reference', ({ messages, options, text }) => {
  expect(createChatTemplate({ json, tokenizerConfig }).render(messages, options)).toBe(text);
});

test('chat_template.json takes precedence over chat_template.jinja, and both over the tokenizer’s template', () => {
  const render = (files: { json?: unknown; jinja?: string; tokenizerConfig: unknown }): string =>
    createChatTemplate(files).render([]);
  const own = { chat_template: 'config' };
  expect(render({ json: { chat_template: 'json' }, jinja: 'jinja', tokenizerConfig: own })).toBe('json');
  expect(render({ jinja: 'jinja', tokenizerConfig: own })).toBe('jinja');
  expect(render({ tokenizerConfig: own })).toBe('config');
  const several = [
    { name: 'rag', template: 'rag' },
    { name: 'default', template: 'default' },
  ];
  expect(render({ tokenizerConfig: { chat_template: several } })).toBe('default');
  expect(() => render({ tokenizerConfig: {} })).toThrow('no chat template');
});

test('templates may print the special tokens that the tokenizer names', () => {
  const config = {
    eos_token: { content: '<end>' },
    bos_token: '<begin>',
    pad_token: null,
    add_bos_token: false,
  };
  const template = createChatTemplate({ jinja: '{{ bos_token }}{{ eos_token }}', tokenizerConfig: config });
  expect(template.render([])).toBe('<begin><end>');
});

test('a template that refuses the conversation says why', () => {
  const jinja = "{{ raise_exception('roles must alternate') }}";
  expect(() => createChatTemplate({ jinja, tokenizerConfig: {} }).render([])).toThrow('roles must alternate');
});

test('a template that does not parse is the checkpoint’s fault', () => {
  expect(() => createChatTemplate({ jinja: '{% if %}', tokenizerConfig: {} })).toThrow(
    expect.objectContaining({ code: 'bad-checkpoint' }),
  );
});

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
