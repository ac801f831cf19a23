// What one contestant measures in a process of its own. It prints the row as one line of JSON.

import { Field, parseJson } from '../../../src/format/json-field.ts';

export interface Phase {
  /** Tokens computed. */
  tokens: number;
  wallMs: number;
  /** Processor time of all threads. */
  cpuMs: number;
}

export interface Row {
  loadMs: number;
  prefill: Phase;
  decode: Phase;
  /** From a question about a picture to the first token of the answer; absent without a picture. */
  picture?: Phase;
  /** The largest resident size of the process. */
  peakBytes: number;
}

/** What a contestant is asked to do. */
export interface Task {
  /** Folder with the weights. */
  folder: string;
  threads: number;
  /** Tokens of the prompt, about; rows count those that were computed. */
  prompt: number;
  /** Tokens of the answer. */
  tokens: number;
  /** Width and height of the picture in pixels; 0 for none. */
  side: number;
}

export function parseRow(text: string): Row {
  const row = new Field(parseJson(text, 'row', 'bug'), 'row ', 'bug');
  const phase = (field: Field): Phase => ({
    tokens: field.at('tokens').number(),
    wallMs: field.at('wallMs').number(),
    cpuMs: field.at('cpuMs').number(),
  });
  const picture = row.optional('picture');
  return {
    loadMs: row.at('loadMs').number(),
    prefill: phase(row.at('prefill')),
    decode: phase(row.at('decode')),
    ...(picture === undefined ? {} : { picture: phase(picture) }),
    peakBytes: row.at('peakBytes').number(),
  };
}

/** The task that the parent process passes as the only argument. */
export function readTask(): Task {
  const task = new Field(parseJson(process.argv[2] ?? '', 'task', 'bug'), 'task ', 'bug');
  return {
    folder: task.at('folder').string(),
    threads: task.at('threads').number(),
    prompt: task.at('prompt').number(),
    tokens: task.at('tokens').number(),
    side: task.at('side').number(),
  };
}

export interface Moment {
  wallMs: number;
  cpuMs: number;
}

/** Clock time and this process's own processor time. */
export function now(): Moment {
  const { user, system } = process.cpuUsage();
  return { wallMs: performance.now(), cpuMs: (user + system) / 1000 };
}

export function between(from: Moment, to: Moment, tokens: number): Phase {
  return { tokens, wallMs: to.wallMs - from.wallMs, cpuMs: to.cpuMs - from.cpuMs };
}

/** A prompt of about `tokens` tokens: tokenizers without merges take each character as a token. */
export function promptOf(tokens: number, salt: string): string {
  return Array.from({ length: tokens }, (_, i) => (i < salt.length ? salt[i]! : 'abcdefgh'[i % 8]!)).join('');
}
