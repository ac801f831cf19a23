// Positions of tokens on three axes (time, height, width) and the rotary tables made of them:
// Qwen3-VL's interleaved M-RoPE (transformers modeling_qwen3_vl.py, get_rope_index and
// Qwen3VLTextRotaryEmbedding).

import { fail } from '../../failure.ts';
import type { Yarn } from '../../format/model-config.ts';
import type { VisualSlot } from './prompt.ts';
import { rotaryFrequencies } from './rotary-frequencies.ts';
import type { RotaryTables } from '../vision/vision-positions.ts';

export interface TokenPositions {
  positions: Int32Array; // (3, n): time, height, width
  /** Position of the token that follows: one above the largest so far. */
  next: number;
}

/** Where counting resumes: the first token to place, and its position. */
export interface Resume {
  token: number;
  position: number;
}

/**
 * Positions of tokens `from.token` … `length − 1`. A text token takes the counter on all axes and advances it
 * by one; a visual run of h × w tokens that starts at counter s takes (s, s + row, s + column) and advances
 * it by max(h, w). `slots` are in order; those before `from.token` are skipped. For a later turn, resume with
 * the number of tokens in the cache and the `next` of the previous turn.
 */
export function tokenPositions(
  length: number,
  slots: readonly VisualSlot[],
  from: Resume = { token: 0, position: 0 },
): TokenPositions {
  const count = length - from.token;
  const positions = new Int32Array(3 * count);
  let next = from.position;
  let at = 0;
  const place = (time: number, height: number, width: number): void => {
    positions[at] = time;
    positions[count + at] = height;
    positions[2 * count + at] = width;
    at++;
  };
  const placeText = (until: number): void => {
    for (; at < until; next++) place(next, next, next);
  };
  for (const slot of slots) {
    if (slot.start + slot.height * slot.width <= from.token) continue;
    if (slot.start < from.token) fail('bug', 'Positions cannot resume inside a picture.');
    placeText(slot.start - from.token);
    for (let row = 0; row < slot.height; row++) {
      for (let column = 0; column < slot.width; column++) place(next, next + row, next + column);
    }
    next += Math.max(slot.height, slot.width);
  }
  placeText(count);
  return { positions, next };
}

export interface RotaryConfig {
  headDim: number;
  theta: number;
  /** How many frequencies follow time, height and width. */
  mropeSection: readonly [time: number, height: number, width: number];
  yarn?: Yarn | undefined;
}

/**
 * cos and sin (n, headDim / 2) for positions (3, n). Frequencies are assigned in turn, T H W T H W …, until
 * height and width have their number; the rest follow time. Frequencies and angles are rounded to float32 as
 * in the reference: at position 10,000 that rounding changes an angle by 5e-4, and a more exact result would
 * differ from the reference's.
 */
export function rotaryTables(
  positions: Int32Array,
  { headDim, theta, mropeSection, yarn }: RotaryConfig,
): RotaryTables {
  const half = headDim / 2;
  const count = positions.length / 3;
  const cos = new Float32Array(count * half);
  const sin = new Float32Array(count * half);
  const frequencies = rotaryFrequencies(headDim, theta, yarn);
  const scale = yarn?.attentionFactor ?? 1;
  const axes = Uint8Array.from({ length: half }, (_, j) => axisOf(j, mropeSection));
  for (let n = 0; n < count; n++) {
    for (let j = 0; j < half; j++) {
      const angle = Math.fround(positions[axes[j]! * count + n]! * frequencies[j]!);
      cos[n * half + j] = Math.cos(angle) * scale;
      sin[n * half + j] = Math.sin(angle) * scale;
    }
  }
  return { cos, sin };
}

/** The axis that frequency j follows: 0 time, 1 height, 2 width. */
function axisOf(j: number, mropeSection: RotaryConfig['mropeSection']): 0 | 1 | 2 {
  if (j % 3 === 1 && j < 3 * mropeSection[1]) return 1;
  if (j % 3 === 2 && j < 3 * mropeSection[2]) return 2;
  return 0;
}
