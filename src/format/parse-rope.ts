// Parses the rotary embedding of the text model from config.json: rope_scaling of transformers 4.57, or rope_parameters
// of 5.x.

import { numbers, object, positive, size, wrong, type Json } from './config-fields.ts';
import type { Yarn } from './model-config.ts';

const ROPE = 'text_config.rope_parameters.';

export function ropeParameters(json: Json): Json {
  const rope = json['rope_parameters'] ?? json['rope_scaling'] ?? {};
  const parameters = object(rope, 'text_config.rope_parameters');
  const type = parameters['rope_type'] ?? parameters['type'] ?? 'default';
  if (type !== 'default' && type !== 'mrope' && type !== 'yarn') {
    wrong(`${ROPE}rope_type`, `is ${JSON.stringify(type)}, not "default" or "yarn"`);
  }
  if (parameters['mrope_interleaved'] === false) {
    wrong(`${ROPE}mrope_interleaved`, 'is false, which is not Qwen3-VL');
  }
  return parameters;
}

/** Defaults and formulas of transformers 4.57.6, modeling_rope_utils.py, _compute_yarn_parameters. */
export function parseYarn(rope: Json, contextLength: number): Yarn {
  const originalContext = size(rope, 'original_max_position_embeddings', contextLength, ROPE);
  const factor = positive(rope, 'factor', contextLength / originalContext, ROPE);
  const scale = (mscale: number): number => (factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1);
  const { mscale, mscale_all_dim: ofAll } = rope;
  const isScaled = typeof mscale === 'number' && typeof ofAll === 'number' && mscale !== 0 && ofAll !== 0;
  const yarn: Yarn = {
    factor,
    originalContext,
    attentionFactor: positive(
      rope,
      'attention_factor',
      isScaled ? scale(mscale) / scale(ofAll) : scale(1),
      ROPE,
    ),
    betaFast: positive(rope, 'beta_fast', 32, ROPE),
    betaSlow: positive(rope, 'beta_slow', 1, ROPE),
    truncate: rope['truncate'] !== false,
  };
  if (yarn.betaFast < yarn.betaSlow) wrong(`${ROPE}beta_fast`, `is below beta_slow, ${yarn.betaSlow}`);
  return yarn;
}

export function stretched({ factor, originalContext }: Yarn): number {
  return Math.floor(factor * originalContext);
}

/**
 * The sections in the file must sum to half a head. If the file has none, the reference's [24, 20, 20] apply unchecked.
 */
export function mropeSection(rope: Json, headDim: number): [number, number, number] {
  const name = `${ROPE}mrope_section`;
  const section = numbers(rope['mrope_section'] ?? [24, 20, 20], name);
  const [time, height, width] = section;
  if (section.length !== 3 || time === undefined || height === undefined || width === undefined) {
    wrong(name, 'is not three numbers');
  }
  const sum = time + height + width;
  if ((rope['mrope_section'] ?? undefined) !== undefined && sum !== headDim / 2) {
    wrong(name, `sums to ${sum}, not to ${headDim / 2}, half of head_dim`);
  }
  return [time, height, width];
}
