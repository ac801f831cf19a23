// Checks the arguments that callers of the package pass. TypeScript does not check those of callers in JavaScript, and
// a mistyped option would be ignored silently.

import type { Sampling } from '../contract/conversation.ts';
import { fail } from '../failure.ts';
import { Field } from '../format/json-field.ts';
import type { AskOptions } from './ask-options.ts';

const ASK_OPTIONS = {
  maxTokens: true,
  sampling: true,
  maxPictureTokens: true,
  watchExperts: true,
  begun: true,
  signal: true,
} satisfies Record<keyof AskOptions, true>;

const SAMPLING = {
  temperature: true,
  topK: true,
  topP: true,
  minP: true,
  repetitionPenalty: true,
  presencePenalty: true,
  seed: true,
} satisfies Record<keyof Sampling, true>;

/** Fails with 'bad-request', naming the argument, unless `value` is an object whose members are all in `known`. */
export function checkOptions(value: unknown, name: string, known: Record<string, true>): Field {
  const field = new Field(value, `${name}: `, 'bad-request');
  const unknown = field.members().find(([key]) => !Object.hasOwn(known, key));
  if (unknown !== undefined) {
    field.fail(`has no member "${unknown[0]}"; its members are ${Object.keys(known).join(', ')}`);
  }
  return field;
}

export function checkSignal(options: Field): void {
  const signal = options.optional('signal');
  if (signal !== undefined && !(signal.value instanceof AbortSignal)) signal.fail('must be an AbortSignal');
}

export function checkFunction(field: Field | undefined): void {
  if (field !== undefined && typeof field.value !== 'function') field.fail('must be a function');
}

/** Fails with 'bad-request', naming the argument. */
export function checkAsk(messages: unknown, options: unknown): void {
  const list = new Field(messages, 'messages', 'bad-request').items();
  list.forEach(checkMessage);
  if (list.at(-1)?.at('role').value !== 'user')
    fail('bad-request', 'The last of messages must be of the user.');
  const fields = checkOptions(options, 'options', ASK_OPTIONS);
  checkSignal(fields);
  fields.optional('maxTokens')?.integer(1);
  fields.optional('maxPictureTokens')?.integer(1);
  fields.optional('watchExperts')?.boolean();
  fields.optional('begun')?.at('text').string();
  const sampling = fields.optional('sampling');
  if (sampling === undefined) return;
  for (const [, field] of checkOptions(sampling.value, 'options.sampling', SAMPLING).members()) {
    if (field.value !== undefined && !Number.isFinite(field.number())) field.fail('must be a finite number');
  }
}

function checkMessage(message: Field): void {
  message.at('role').oneOf(['system', 'user', 'assistant']);
  const content = message.at('content');
  if (typeof content.value !== 'string') content.items().forEach(checkPart);
}

function checkPart(part: Field): void {
  const type = part.at('type').oneOf(['text', 'image', 'video']);
  if (type === 'text') part.at('text').string();
  else if (type === 'image') checkBlob(part.at('photo'));
  else if (part.optional('frames') === undefined) checkBlob(part.at('clip'));
  else {
    const frames = part.at('frames').items();
    frames.forEach(checkBlob);
    part.at('fps').number();
    part
      .at('indices')
      .items(frames.length)
      .forEach((index) => index.integer());
  }
}

function checkBlob(field: Field): void {
  if (!(field.value instanceof Blob)) field.fail('must be a Blob');
}
