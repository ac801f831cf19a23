// Finds how much of a prompt the cache already holds. Compares the two token by token; tokens of a picture are compared
// by the picture to which they belong.

import type { Prompt } from '../prompt/prompt.ts';

/** The id of a text token; or, for a placeholder, the picture and frame group to which it belongs. */
export type TokenKey = number | string;

/** `mediaKeys`: strings that identify the content of each picture and clip of the prompt. */
export function tokenKeys({ inputIds, slots }: Prompt, mediaKeys: readonly string[]): TokenKey[] {
  const keys: TokenKey[] = Array.from(inputIds);
  for (const slot of slots) {
    const key = `${mediaKeys[slot.media]!}#${slot.group}`;
    keys.fill(key, slot.start, slot.start + slot.height * slot.width);
  }
  return keys;
}

/**
 * The number of tokens at the start of `prompt` that need not be computed. A picture is reused whole or not at all. The
 * last token is never reused, because its logits are needed.
 */
export function cachedPrefix(cached: readonly TokenKey[], prompt: readonly TokenKey[]): number {
  const most = Math.min(cached.length, prompt.length - 1);
  let length = 0;
  while (length < most && cached[length] === prompt[length]) length++;
  const isInside = (at: number): boolean => typeof prompt[at] === 'string' && prompt[at] === prompt[at - 1];
  while (length > 0 && isInside(length)) length--;
  return length;
}
