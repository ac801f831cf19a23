// Computes the positions of a prompt's tokens on three axes (time, height, width), as transformers' get_rope_index does
// (modeling_qwen3_vl.py).

import type { VisualSlot } from './prompt.ts';

export interface TokenPositions {
  positions: Int32Array; // (3, n): time, height, width
  /** The position of the token after the prompt: one above the largest position in it. */
  next: number;
}

/**
 * The positions follow a counter. A text token has the counter's value on all axes and advances it by one. A visual run
 * of h × w tokens that starts at value s has the positions (s, s + row, s + column), and advances the counter by max(h,
 * w). `slots` are in order.
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
