// One answer on the page while it is written. Splits the text so far into thought and answer, and parses the answer
// into blocks and marks, at most once per frame. A long text that arrives at once is parsed in pieces, over several
// frames.

import type { PlacedBlock } from './blocks.ts';
import type { DrawQueue } from './draw-queue.ts';
import { GrowingBlocks } from './growing-blocks.ts';
import { readPlaces, type Mark } from './marks.ts';
import { splitThought } from './thought.ts';

interface Shown {
  blocks: readonly PlacedBlock[];
  marks: readonly Mark[];
  unreadablePlaces: number;
  thought: string | null;
  thinking: boolean;
  isAllThought: boolean;
}

const NOTHING: Shown = {
  blocks: [],
  marks: [],
  unreadablePlaces: 0,
  thought: null,
  thinking: false,
  isAllThought: false,
};

/** The number of pieces that one step parses; a piece may take some milliseconds. */
const PIECES_AT_ONCE = 1;

export class AnswerDocument {
  readonly #drawing: Pick<DrawQueue, 'add'>;
  #text = '';
  #thinks = false;
  #growing = new GrowingBlocks();
  #scheduled = false;
  /** The number of the current text. When it changes, the piecewise display of an earlier text ends. */
  #run = 0;
  #began = 0;
  /** The time that earlier runs took to write this answer, in milliseconds. */
  #msBefore = 0;
  #shown = $state.raw<Shown>(NOTHING);
  #thoughtMs = $state<number | null>(null);

  constructor(drawing: Pick<DrawQueue, 'add'>) {
    this.#drawing = drawing;
  }

  /** The text from the model, including the thought. Not reactive. */
  get text(): string {
    return this.#text;
  }

  get blocks(): readonly PlacedBlock[] {
    return this.#shown.blocks;
  }

  get marks(): readonly Mark[] {
    return this.#shown.marks;
  }

  /** The number of places in the answer that have no readable coordinates. */
  get unreadablePlaces(): number {
    return this.#shown.unreadablePlaces;
  }

  /** null if the model does not think. */
  get thought(): string | null {
    return this.#shown.thought;
  }

  get thinking(): boolean {
    return this.#shown.thinking;
  }

  /** Whether the thought has no end yet, and so no answer has begun. */
  get isAllThought(): boolean {
    return this.#shown.isAllThought;
  }

  /** The duration of the thought; null while it is unknown. */
  get thoughtMs(): number | null {
    return this.#thoughtMs;
  }

  /** `thinks`: whether the model begins with a thought. `from`: the text so far of an answer that is continued. */
  begin(thinks: boolean, from = ''): void {
    this.#thinks = thinks;
    this.#began = performance.now();
    if (from === '') this.#msBefore = 0;
    if (!from.includes('</think>')) this.#thoughtMs = null;
    this.#run++;
    if (from !== this.#text) this.#growing = new GrowingBlocks();
    this.#text = from;
    this.#show(false);
  }

  push(piece: string): void {
    this.#text += piece;
    if (this.#thinks && this.#thoughtMs === null && this.#text.includes('</think>')) {
      this.#thoughtMs = this.#msBefore + performance.now() - this.#began;
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#drawing.add(() => {
      // The answer may have ended before this frame; then it is already shown.
      if (this.#scheduled) this.#show(false);
      return true;
    });
  }

  /** Replaces the text with the final one, because pieces arrive through a separate channel and may be late. */
  end(text: string): void {
    this.#msBefore += performance.now() - this.#began;
    this.#text = text;
    if (!this.#show(true)) this.#goOnShowing();
  }

  /** Shows an answer that was written earlier. */
  restore(text: string, thinks: boolean, thoughtMs: number | null): void {
    this.#thinks = thinks;
    this.#thoughtMs = thoughtMs;
    this.#began = performance.now();
    this.#text = text;
    this.#goOnShowing();
  }

  #goOnShowing(): void {
    const run = ++this.#run;
    this.#drawing.add(() => run !== this.#run || this.#show(true));
  }

  /** Shows the text so far; returns whether all of it is shown. */
  #show(ended: boolean): boolean {
    this.#scheduled = false;
    const { thought, ended: thoughtEnded, answer } = splitThought(this.#text, this.#thinks);
    const thinking = !thoughtEnded && !ended;
    const facts = { thought, thinking, isAllThought: !thoughtEnded };
    try {
      const { blocks, isWhole } = this.#growing.readSome(answer, ended, PIECES_AT_ONCE);
      const { marks, unreadable: unreadablePlaces } = readPlaces(blocks);
      this.#shown = { blocks, marks, unreadablePlaces, ...facts };
      return isWhole;
    } catch (error) {
      // An answer that cannot be parsed must not end the conversation, so show it as plain text.
      console.warn(error);
      const blocks: PlacedBlock[] = [{ at: 0, block: { kind: 'plain', text: answer } }];
      this.#shown = { ...NOTHING, blocks, ...facts };
      return true;
    }
  }
}
