// One answer on the page while it is written: what has arrived, split into thought and answer, read into
// blocks and marks at most once per frame.

import type { PlacedBlock } from './blocks.ts';
import { GrowingBlocks } from './growing-blocks.ts';
import { readPlaces, type Mark } from './marks.ts';
import { splitThought } from './thought.ts';

/** Calls the job when the page is about to draw next. */
export type NextFrame = (job: () => void) => void;

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

export class AnswerDocument {
  readonly #nextFrame: NextFrame;
  #text = '';
  #thinks = false;
  #growing = new GrowingBlocks();
  #scheduled = false;
  #began = 0;
  /** How long was written at it before the present run. */
  #msBefore = 0;
  #shown = $state.raw<Shown>(NOTHING);
  #thoughtMs = $state<number | null>(null);

  constructor(nextFrame: NextFrame) {
    this.#nextFrame = nextFrame;
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
    this.#nextFrame(() => {
      // The end may have come before the frame.
      if (this.#scheduled) this.#show(false);
    });
  }

  /** The whole text has the last word: pieces come by a channel of their own and may be late. */
  end(text: string): void {
    this.#msBefore += performance.now() - this.#began;
    this.#text = text;
    this.#show(true);
  }

  /** One that was written earlier. */
  restore(text: string, thinks: boolean, thoughtMs: number | null): void {
    this.#thinks = thinks;
    this.#thoughtMs = thoughtMs;
    this.#began = performance.now();
    this.end(text);
  }

  #show(ended: boolean): void {
    this.#scheduled = false;
    const { thought, ended: thoughtEnded, answer } = splitThought(this.#text, this.#thinks);
    const blocks = this.#growing.read(answer, ended);
    const { marks, unreadable: unreadablePlaces } = readPlaces(blocks);
    const thinking = !thoughtEnded && !ended;
    this.#shown = { blocks, marks, unreadablePlaces, thought, thinking, isAllThought: !thoughtEnded };
  }
}
