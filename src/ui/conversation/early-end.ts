// Determines why an answer ended early, and whether it can be continued. The strings are in other files.

import type { AnswerDocument } from '../answer/answer-document.svelte.ts';
import type { Ending } from './turn.svelte.ts';

export interface EarlyEnd {
  /** The key of the string to show; null for a failure, which has a different string. */
  why:
    | 'stopped'
    | 'cutOff'
    | 'contextFull'
    | 'repeated'
    | 'thoughtUntilLimit'
    | 'thoughtInCircles'
    | 'noAnswerAfterThought'
    | 'empty'
    | null;
  canGoOn: boolean;
  /** Whether the thought can be ended, so that the answer begins. */
  canAnswerNow: boolean;
}

/** Returns null if the answer is complete or still being written, or if it failed without any text. */
export function earlyEnd(
  ending: Ending | null,
  { isAllThought, blocks, text }: Pick<AnswerDocument, 'isAllThought' | 'blocks' | 'text'>,
): EarlyEnd | null {
  if (ending === null) return null;
  const hasText = text !== '';
  if (ending.kind === 'failed') return hasText ? { why: null, canGoOn: true, canAnswerNow: false } : null;
  if (ending.kind === 'stopped') {
    return { why: 'stopped', canGoOn: hasText, canAnswerNow: isAllThought && hasText };
  }
  switch (ending.facts.reason) {
    case 'length':
      return {
        why: isAllThought ? 'thoughtUntilLimit' : 'cutOff',
        canGoOn: true,
        canAnswerNow: isAllThought,
      };
    case 'repetition':
      return {
        why: isAllThought ? 'thoughtInCircles' : 'repeated',
        canGoOn: true,
        canAnswerNow: isAllThought,
      };
    case 'context':
      return { why: 'contextFull', canGoOn: false, canAnswerNow: false };
    case 'eos':
    case 'stopped':
      if (isAllThought && hasText) {
        return { why: 'noAnswerAfterThought', canGoOn: false, canAnswerNow: true };
      }
      return blocks.length === 0 ? { why: 'empty', canGoOn: false, canAnswerNow: false } : null;
  }
}
