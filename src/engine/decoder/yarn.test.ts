// yarn.golden.json holds cos and sin of transformers 4.57.6, written by tools/reference/make_yarn_golden.py.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseModelConfig } from '../../format/parse-model-config.ts';
import { rotaryTables } from './rotary-tables.ts';

interface Golden {
  config: { head_dim: number; rope_theta: number; rope_scaling: { factor: number } };
  positions: number[];
  cos: number[];
  sin: number[];
}
const goldens = JSON.parse(
  readFileSync(resolve(import.meta.dirname, 'yarn.golden.json'), 'utf8'),
) as Golden[];

test.each(goldens)('tables stretched by YaRN are those of the reference ($config.head_dim)', (golden) => {
  const { head_dim, rope_theta, rope_scaling } = golden.config;
  const text = { hidden_size: 64, num_hidden_layers: 1, num_attention_heads: 1 };
  const parsed = parseModelConfig({
    model_type: 'qwen3_vl',
    text_config: { ...text, head_dim, rope_theta, rope_scaling },
    vision_config: { out_hidden_size: 64 },
  }).text;
  const { headDim, ropeTheta, mropeSection, yarn } = parsed;
  const tables = rotaryTables(Int32Array.from(golden.positions), {
    ...{ headDim, theta: ropeTheta, mropeSection, yarn },
  });
  // At position 700,000, one unit in the last place of a frequency changes an angle by 0.04; at the other positions, by
  // less.
  const rows = golden.positions.length / 3;
  const perRow = headDim / 2;
  for (const [row, tolerance] of [1e-7, 5e-5, 5e-2].slice(0, rows).entries()) {
    for (let j = row * perRow; j < (row + 1) * perRow; j++) {
      expect(Math.abs(tables.cos[j]! - golden.cos[j]!)).toBeLessThan(tolerance);
      expect(Math.abs(tables.sin[j]! - golden.sin[j]!)).toBeLessThan(tolerance);
    }
  }
});

test('the context reaches as far as it is stretched', () => {
  const context = (max_position_embeddings: number): number =>
    parseModelConfig({
      model_type: 'qwen3_vl',
      text_config: {
        ...{ hidden_size: 64, num_hidden_layers: 1, num_attention_heads: 1, max_position_embeddings },
        rope_scaling: {
          ...{ rope_type: 'yarn', factor: 3, original_max_position_embeddings: 262144 },
          mrope_section: [24, 20, 20],
        },
      },
      vision_config: { out_hidden_size: 64 },
    }).text.contextLength;
  expect(context(262144)).toBe(786432);
  expect(context(1000000)).toBe(1000000);
});
