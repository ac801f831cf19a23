// One answer on the page while it is written: what has arrived, split into thought and answer, read into
// blocks and marks at most once per frame. What comes at once is read in pieces, over several frames.

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

/** In one step: a piece may take some milliseconds. */
const PIECES_AT_ONCE = 1;

export class AnswerDocument {
  readonly #drawing: Pick<DrawQueue, 'add'>;
  #text = '';
  #thinks = false;
  #growing = new GrowingBlocks();
  #scheduled = false;
  /** Which text is being shown piece by piece. */
  #run = 0;
  #began = 0;
  /** How long was written at it before the present run. */
  #msBefore = 0;
  #shown = $state.raw<Shown>(NOTHING);
  #thoughtMs = $state<number | null>(null);

  constructor(drawing: Pick<DrawQueue, 'add'>) {
    this.#drawing = drawing;
  }

  /** As it came from the model, thought included. Not reactive. */
  get text(): string {
    return this.#text;
  }

  get blocks(): readonly PlacedBlock[] {
    return this.#shown.blocks;
  }

  get marks(): readonly Mark[] {
    return this.#shown.marks;
  }

  /** How many places the answer gives that cannot be read. */
  get unreadablePlaces(): number {
    return this.#shown.unreadablePlaces;
  }

  /** null where the model does not think. */
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

  /** How long the thought took; null while nobody knows. */
  get thoughtMs(): number | null {
    return this.#thoughtMs;
  }

  /** `thinks`: whether the model begins with a thought. `from`: what an answer that goes on has of its text. */
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
      // The end may have come before the frame.
      if (this.#scheduled) this.#show(false);
      return true;
    });
  }

  /** The whole text has the last word: pieces come by a channel of their own and may be late. */
  end(text: string): void {
    this.#msBefore += performance.now() - this.#began;
    this.#text = text;
    if (!this.#show(true)) this.#goOnShowing();
  }

  /** One that was written earlier. */
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

  /** Returns whether all of it is shown. */
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
      // No answer may end the conversation: this one is shown as it is written.
      console.warn(error);
      const blocks: PlacedBlock[] = [{ at: 0, block: { kind: 'plain', text: answer } }];
      this.#shown = { ...NOTHING, blocks, ...facts };
      return true;
    }
  }
}
