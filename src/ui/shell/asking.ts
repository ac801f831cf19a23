// The ways in which a question, or the pictures of the next question, reach the conversation: files from the user,
// samples, suggested questions, and a new conversation.

import type { ClosedConversation } from '../conversation/closed-conversation.svelte.ts';
import type { Conversation } from '../conversation/conversation.svelte.ts';
import type { Attachments } from '../media/attachments.svelte.ts';
import type { Samples } from '../samples/samples.svelte.ts';
import type { Stage } from '../stage/stage.svelte.ts';

interface Parts {
  conversation: Pick<Conversation, 'ask'>;
  attachments: Attachments;
  stage: Stage;
  samples: Samples;
  closed: ClosedConversation;
  /** Focuses the question field, unless that would open the keyboard of a touch device. */
  toField: () => void;
}

export class Asking {
  readonly #parts: Parts;
  /** Settles when the latest added pictures are attached. */
  #adding: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  addPictures(files: File[]): void {
    const { samples, attachments, toField } = this.#parts;
    // With other pictures added, this is no longer the sample.
    samples.leave();
    this.#adding = attachments.add(files);
    toField();
  }

  /** Replaces the attached pictures with those of a sample. */
  showSample(files: File[]): void {
    const { attachments, stage } = this.#parts;
    attachments.take();
    this.#adding = attachments.add(files).then(() => {
      // The questions of a sample mention its first picture first, so show that one.
      const [first] = attachments.media;
      if (first !== undefined) stage.show(first);
    });
  }

  askSample(words: string): void {
    const { conversation, samples, attachments, toField } = this.#parts;
    // The pressed button disappears, and a keyboard user must not lose the focus.
    toField();
    // The user may click a question before its pictures are open.
    void this.#adding.then(() => {
      samples.leave();
      void conversation.ask(words, attachments.take());
    });
  }

  /**
   * Asks a suggested question about the framed part or, without a frame, about the attached pictures. Returns false if
   * the part could not be cut out. `partName` names the part of the picture with the given name.
   */
  async askSuggested(words: string, partName: (picture: string) => string): Promise<boolean> {
    const { conversation, samples, stage, attachments } = this.#parts;
    if (!(await stage.takeFrame(partName))) return false;
    samples.leave();
    void conversation.ask(words, attachments.take());
    return true;
  }

  /** Begins a new conversation with the attached pictures. */
  beginWithAttached(): void {
    const { attachments } = this.#parts;
    const waiting = attachments.take();
    this.beginAnew();
    attachments.put(waiting);
  }

  beginAnew(): void {
    const { closed, samples, toField } = this.#parts;
    closed.close();
    samples.leave();
    toField();
  }
}
