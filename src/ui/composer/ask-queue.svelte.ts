// Holds a question that the user asked early, until its files are open and the previous answer has ended.

import { untrack } from 'svelte';
import type { Conversation } from '../conversation/conversation.svelte.ts';
import type { Attachments } from '../media/attachments.svelte.ts';

export class AskQueue {
  readonly #conversation: Pick<Conversation, 'busy'>;
  readonly #attachments: Pick<Attachments, 'opening' | 'refused'>;
  #waiting = $state.raw<{ send: () => void; refused: number } | null>(null);

  constructor(
    conversation: Pick<Conversation, 'busy'>,
    attachments: Pick<Attachments, 'opening' | 'refused'>,
  ) {
    this.#conversation = conversation;
    this.#attachments = attachments;
  }

  /** The reason why a question waits; null if none waits. */
  get waitsFor(): 'reading' | 'answering' | null {
    if (this.#waiting === null) return null;
    return this.#attachments.opening > 0 ? 'reading' : 'answering';
  }

  /** Calls `send` at once, or as soon as the question can be sent. */
  ask(send: () => void): void {
    if (this.#isFree()) send();
    else this.#waiting = { send, refused: this.#attachments.refused.length };
  }

  cancel(): void {
    this.#waiting = null;
  }

  /**
   * Run this as an effect. If one of the question's files was refused, the question is not sent, so that the user can
   * decide.
   */
  proceed(): void {
    const waiting = this.#waiting;
    if (waiting === null || !this.#isFree()) return;
    untrack(() => {
      this.#waiting = null;
      if (this.#attachments.refused.length <= waiting.refused) waiting.send();
    });
  }

  #isFree(): boolean {
    return this.#attachments.opening === 0 && !this.#conversation.busy;
  }
}
