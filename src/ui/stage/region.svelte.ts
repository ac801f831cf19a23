// The frame around the part of a picture that the next question is about. The user draws it, or moves it with keys.

import type { Box } from '../../contract/box.ts';

/** The smallest side of a frame, in thousandths of the picture's side. */
const LEAST = 10;

/** The frame before the user draws one. */
export const FIRST_FRAME: Box = [250, 250, 750, 750];

export class Region {
  #box = $state.raw<Box>(FIRST_FRAME);
  #from: { x: number; y: number } | undefined;

  get box(): Box {
    return this.#box;
  }

  /** Begins a drag at a point of the picture, whose coordinates go from 0 to 1000. */
  begin(x: number, y: number): void {
    this.#from = { x: clamp(x), y: clamp(y) };
  }

  /** Continues the drag to a point of the picture. */
  reach(x: number, y: number): void {
    if (this.#from === undefined) return;
    const to = { x: clamp(x), y: clamp(y) };
    this.#box = sized([
      Math.min(this.#from.x, to.x),
      Math.min(this.#from.y, to.y),
      Math.max(this.#from.x, to.x),
      Math.max(this.#from.y, to.y),
    ]);
  }

  release(): void {
    this.#from = undefined;
  }

  move(dx: number, dy: number): void {
    const [left, top, right, bottom] = this.#box;
    const x = Math.min(1000 - right, Math.max(-left, dx));
    const y = Math.min(1000 - bottom, Math.max(-top, dy));
    this.#box = [left + x, top + y, right + x, bottom + y];
  }

  /** Moves the lower right corner. */
  resize(dx: number, dy: number): void {
    const [left, top, right, bottom] = this.#box;
    this.#box = sized([left, top, clamp(right + dx), clamp(bottom + dy)]);
  }
}

function sized([left, top, right, bottom]: Box): Box {
  const x = Math.min(left, 1000 - LEAST);
  const y = Math.min(top, 1000 - LEAST);
  return [x, y, Math.max(right, x + LEAST), Math.max(bottom, y + LEAST)];
}

function clamp(value: number): number {
  return Math.min(1000, Math.max(0, value));
}
