// The measurements of one contestant, which runs in its own process and prints the row as one line of JSON.

import { Field, parseJson } from '../../../src/format/json-field.ts';

export interface Phase {
  /** The number of tokens that were computed. */
  tokens: number;
  wallMs: number;
  /** The processor time of all threads. */
  cpuMs: number;
}

export interface Row {
  loadMs: number;
  prefill: Phase;
  decode: Phase;
  /** The time from a question about a picture to the first token of the answer; undefined without a picture. */
  picture?: Phase;
  /** The largest resident size of the process. */
  peakBytes: number;
}

/** The task of a contestant. */
export interface Task {
  /** The folder with the weights. */
  folder: string;
  threads: number;
  /** The approximate number of tokens of the prompt; rows give the number that was computed. */
  prompt: number;
  /** The number of tokens of the answer. */
  tokens: number;
  /** The width and height of the picture in pixels; 0 for no picture. */
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

/** The clock time, and this process's own processor time. */
export function now(): Moment {
  const { user, system } = process.cpuUsage();
  return { wallMs: performance.now(), cpuMs: (user + system) / 1000 };
}

export function between(from: Moment, to: Moment, tokens: number): Phase {
  return { tokens, wallMs: to.wallMs - from.wallMs, cpuMs: to.cpuMs - from.cpuMs };
}

/** A prompt of about `tokens` tokens. A tokenizer without merges turns each character into a token. */
export function promptOf(tokens: number, salt: string): string {
  return Array.from({ length: tokens }, (_, i) => (i < salt.length ? salt[i]! : 'abcdefgh'[i % 8]!)).join('');
}
