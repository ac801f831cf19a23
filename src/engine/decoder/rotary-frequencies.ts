// The rotary frequencies of the decoder: those of the training, or those stretched by YaRN
// (https://arxiv.org/abs/2309.00071) for longer contexts: transformers 4.57.6, modeling_rope_utils.py,
// _compute_default_rope_parameters and _compute_yarn_parameters. Rounded to float32 at each step, as there.

import type { Yarn } from '../../format/model-config.ts';

const f32 = Math.fround;

/** Returns (headDim / 2) frequencies in radians per position. */
export function rotaryFrequencies(headDim: number, theta: number, yarn?: Yarn): Float32Array {
  const powers = Float32Array.from({ length: headDim / 2 }, (_, j) => theta ** f32((2 * j) / headDim));
  if (yarn === undefined) return powers.map((power) => 1 / power);
  const [low, high] = mixedRange(headDim, theta, yarn);
  return powers.map((power, j) => {
    const kept = f32(1 - f32(Math.min(1, Math.max(0, f32(f32(j - low) / (high - low))))));
    const trained = f32(1 / power);
    const divided = f32(1 / f32(yarn.factor * power));
    return f32(divided * f32(1 - kept)) + f32(trained * kept);
  });
}

/** The range of frequency indices in which the trained frequencies blend into those divided by `yarn.factor`. */
function mixedRange(headDim: number, theta: number, yarn: Yarn): [low: number, high: number] {
  /** The index of the frequency that makes this many turns within the original context. */
  const withTurns = (turns: number): number =>
    (headDim * Math.log(yarn.originalContext / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const [fast, slow] = [withTurns(yarn.betaFast), withTurns(yarn.betaSlow)];
  const low = Math.max(0, yarn.truncate ? Math.floor(fast) : fast);
  const high = Math.min(headDim - 1, yarn.truncate ? Math.ceil(slow) : slow);
  return [low, low === high ? high + 0.001 : high];
}
