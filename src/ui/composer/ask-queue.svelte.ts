// A question that was asked too early: it waits until its files are open and the answer before it has ended.

import { untrack } from 'svelte';
import type { Conversation } from '../conversation/conversation.svelte.ts';
import type { Tray } from '../photos/tray.svelte.ts';

export class AskQueue {
  readonly #conversation: Pick<Conversation, 'busy'>;
  readonly #tray: Pick<Tray, 'opening' | 'refused'>;
  #waiting = $state.raw<{ send: () => void; refused: number } | null>(null);

  constructor(conversation: Pick<Conversation, 'busy'>, tray: Pick<Tray, 'opening' | 'refused'>) {
    this.#conversation = conversation;
    this.#tray = tray;
  }

  /** What a question waits for; null if none waits. */
  get waitsFor(): 'reading' | 'answering' | null {
    if (this.#waiting === null) return null;
    return this.#tray.opening > 0 ? 'reading' : 'answering';
  }

  /** Sends at once, or as soon as that is possible. */
  ask(send: () => void): void {
    if (this.#isFree()) send();
    else this.#waiting = { send, refused: this.#tray.refused.length };
  }

  cancel(): void {
    this.#waiting = null;
  }

  /** To be run as an effect. A question of whose files one was refused is not sent: its asker decides. */
  proceed(): void {
    const waiting = this.#waiting;
    if (waiting === null || !this.#isFree()) return;
    untrack(() => {
      this.#waiting = null;
      if (this.#tray.refused.length <= waiting.refused) waiting.send();
    });
  }

  #isFree(): boolean {
    return this.#tray.opening === 0 && !this.#conversation.busy;
  }
}
