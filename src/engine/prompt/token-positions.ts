// Positions of a prompt's tokens on three axes (time, height, width), as transformers' get_rope_index counts
// them (modeling_qwen3_vl.py).

import type { VisualSlot } from './prompt.ts';

export interface TokenPositions {
  positions: Int32Array; // (3, n): time, height, width
  /** Position of the token that follows: one above the largest so far. */
  next: number;
}

/**
 * Positions of the tokens of a prompt. A text token takes the counter on all axes and advances it by one; a
 * visual run of h × w tokens that starts at counter s takes (s, s + row, s + column) and advances it by
 * max(h, w). `slots` are in order.
 */
export function tokenPositions(length: number, slots: readonly VisualSlot[]): TokenPositions {
  const positions = new Int32Array(3 * length);
  let next = 0;
  let at = 0;
  const place = (time: number, height: number, width: number): void => {
    positions[at] = time;
    positions[length + at] = height;
    positions[2 * length + at] = width;
    at++;
  };
  const placeText = (until: number): void => {
    for (; at < until; next++) place(next, next, next);
  };
  for (const slot of slots) {
    placeText(slot.start);
    for (let row = 0; row < slot.height; row++) {
      for (let column = 0; column < slot.width; column++) place(next, next + row, next + column);
    }
    next += Math.max(slot.height, slot.width);
  }
  placeText(length);
  return { positions, next };
}
