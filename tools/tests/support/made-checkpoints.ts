// Makes checkpoints from a committed fixture, for models that must do things that random weights never do: begin with a
// thought, or repeat themselves.

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTokenizer } from '../../../src/engine/prompt/tokenizer.ts';
import { toBF16 } from '../../../src/format/float.ts';
import { headerLength, parseHeader, writeHeader, type NewEntry } from '../../../src/format/safetensors.ts';

const FIXTURE = 'tools/reference/fixtures/dense-tied';

/** The beginning of an answer in the published template, and in the template of thinking models. */
const BEGIN_ANSWER = String.raw`{{- '<|im_start|>assistant\n' -}}`;
const BEGIN_THOUGHT = String.raw`{{- '<|im_start|>assistant\n<think>\n' -}}`;

/** Makes a checkpoint with random weights and a template that opens a thought at the beginning of each answer. */
export function makeThinkingCheckpoint(folder: string): void {
  copyFixture(folder);
  editText(join(folder, 'chat_template.json'), (text) => {
    const { chat_template: template } = JSON.parse(text) as { chat_template: string };
    return JSON.stringify({ chat_template: template.replace(BEGIN_ANSWER, BEGIN_THOUGHT) });
  });
}

const SHORT_CONTEXT = 4096;
/** The text that the repeating model writes again and again. No token occurs twice in it. */
export const REPEATED = 'The text is too small. ';

/**
 * Makes a model that repeats one sentence endlessly: its layers add nothing to a token's embedding, and its head maps
 * that embedding to the next token of the sentence. Its context is short, so that a few pictures fill it.
 */
export function makeRepeatingCheckpoint(folder: string): void {
  copyFixture(folder);
  editText(join(folder, 'config.json'), (text) =>
    text
      .replaceAll('"tie_word_embeddings": true', '"tie_word_embeddings": false')
      .replace(/"max_position_embeddings": \d+/, `"max_position_embeddings": ${SHORT_CONTEXT}`),
  );
  const file = join(folder, 'model.safetensors');
  const bytes = readFileSync(file);
  const header = bytes.subarray(8, 8 + headerLength(bytes, bytes.length, file));
  const entries = parseHeader(header, bytes.length, file);
  const tensors = entries.map(({ name, dtype, shape, start, end }) => {
    if (dtype !== 'BF16') throw new Error(`${name} is ${dtype}.`);
    const isAdded = /language_model\.layers.*(o_proj|down_proj)/.test(name);
    return { name, shape, data: isAdded ? Buffer.alloc(end - start) : bytes.subarray(start, end) };
  });
  const embeddings = tensors.find(({ name }) => name.endsWith('embed_tokens.weight'));
  const norm = tensors.find(({ name }) => name.endsWith('language_model.norm.weight'));
  if (embeddings === undefined || norm === undefined) throw new Error('The fixture lacks a tensor.');
  for (let at = 0; at < norm.data.length; at += 2) norm.data.writeUInt16LE(ONE, at);
  const head = {
    name: 'lm_head.weight',
    shape: embeddings.shape,
    data: Buffer.alloc(embeddings.data.length),
  };
  repeatSentence(embeddings.data, head.data, embeddings.shape[1] ?? 0, sentence(folder));
  const all = [...tensors, head];
  const written = all.map(({ name, shape, data }): NewEntry => ({
    name,
    dtype: 'BF16',
    shape,
    bytes: data.length,
  }));
  writeFileSync(file, Buffer.concat([writeHeader(written), ...all.map((tensor) => tensor.data)]));
}

const ONE = toBF16(1);

/** Embeds the n-th token of the sentence as the n-th unit vector, which the head maps to the next token. */
function repeatSentence(embeddings: Buffer, head: Buffer, hidden: number, ids: readonly number[]): void {
  for (const [n, id] of ids.entries()) {
    embeddings.fill(0, id * hidden * 2, (id + 1) * hidden * 2);
    embeddings.writeUInt16LE(ONE, (id * hidden + n) * 2);
    head.writeUInt16LE(ONE, ((ids[(n + 1) % ids.length] ?? id) * hidden + n) * 2);
  }
}

function sentence(folder: string): number[] {
  const json = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const ids = createTokenizer(json('tokenizer.json'), json('tokenizer_config.json')).encode(REPEATED);
  if (new Set(ids).size < ids.length) throw new Error('A token stands twice in the sentence.');
  return ids;
}

function copyFixture(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  cpSync(FIXTURE, folder, { recursive: true });
}

function editText(file: string, change: (text: string) => string): void {
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`${file} is not as it was.`);
  writeFileSync(file, after);
}
