// Computes the decoder's rotary tables from positions on three axes: Qwen3-VL's interleaved M-RoPE (transformers
// modeling_qwen3_vl.py, Qwen3VLTextRotaryEmbedding).

import type { Yarn } from '../../format/model-config.ts';
import type { RotaryTables } from '../vision/vision-positions.ts';
import { rotaryFrequencies } from './rotary-frequencies.ts';

export interface RotaryConfig {
  headDim: number;
  theta: number;
  /** The numbers of frequencies that follow time, height and width. */
  mropeSection: readonly [time: number, height: number, width: number];
  yarn?: Yarn | undefined;
}

/**
 * cos and sin (n, headDim / 2) for positions (3, n). Frequencies are assigned in turn, T H W T H W …, until height and
 * width have all of theirs; the rest follow time. Frequencies and angles are rounded to float32 as in the reference: at
 * position 10,000 that rounding changes an angle by 5e-4, and a more exact result would differ from the reference's.
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
