// Counts the questions of a kiosk's visitors and the ways in which answers end, and measures how long each answer takes
// to its first word.

import { untrack } from 'svelte';
import type { Conversation } from '../conversation/conversation.svelte.ts';
import type { Turn } from '../conversation/turn.svelte.ts';
import type { Statistics } from './statistics.svelte.ts';

/** Watches the conversation for as long as the calling component lives. */
export function countAnswers(
  conversation: Pick<Conversation, 'turns' | 'phase'>,
  statistics: Pick<Statistics, 'count' | 'ended'>,
): void {
  let current: Turn | undefined;
  let askedAt = 0;
  let firstWordMs: number | null = null;
  let isCounted = false;
  $effect(() => {
    const turn = conversation.turns.at(-1);
    if (turn !== current) {
      [current, askedAt, firstWordMs, isCounted] = [turn, performance.now(), null, false];
      if (turn !== undefined) untrack(() => statistics.count('questions'));
    }
    if (turn === undefined) return;
    const hasWords = turn.document.blocks.length > 0 || (turn.document.thought ?? '') !== '';
    if (hasWords) firstWordMs ??= performance.now() - askedAt;
    const { ending } = turn;
    if (ending === null || isCounted) return;
    isCounted = true;
    untrack(() => statistics.ended(ending, firstWordMs));
  });

  const isRecovering = $derived(
    conversation.phase.kind === 'answering' && conversation.phase.stage === 'recovering',
  );
  $effect(() => {
    if (isRecovering) untrack(() => statistics.count('recoveries'));
  });
}
