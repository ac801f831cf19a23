import { expect, test } from 'vitest';
import { parseModelConfig } from './parse-model-config.ts';

type Fields = Record<string, unknown>;

const ROPE = { rope_type: 'default', mrope_interleaved: true, mrope_section: [4, 2, 2] };

function config(text: Fields = {}, vision: Fields = {}, root: Fields = {}): unknown {
  return {
    model_type: 'qwen3_vl',
    text_config: {
      hidden_size: 64,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      head_dim: 16,
      rope_scaling: ROPE,
      rope_theta: 10000,
      ...text,
    },
    vision_config: {
      hidden_size: 32,
      depth: 4,
      num_heads: 2,
      out_hidden_size: 64,
      deepstack_visual_indexes: [1, 2],
      ...vision,
    },
    ...root,
  };
}

test('taps of blocks that do not exist have no effect', () => {
  const taps = (indexes: unknown): number[] =>
    parseModelConfig(config({}, { deepstack_visual_indexes: indexes })).vision.deepstackLayers;
  expect(taps([1, 2])).toEqual([1, 2]);
  expect(taps([])).toEqual([]);
  expect(taps(undefined)).toEqual([]); // the default is [8, 16, 24]
  expect(taps([3, 8])).toEqual([3]);
  expect(taps([0, 1, 2])).toEqual([0, 1, 2]); // more entries than the decoder has layers
  expect(() => taps([2, 1])).toThrow('deepstack_visual_indexes is not ascending');
});

test('the sections of M-RoPE must sum to half the head if the file gives any', () => {
  const section = (mrope_section: unknown): number[] =>
    parseModelConfig(config({ rope_scaling: { ...ROPE, mrope_section } })).text.mropeSection;
  expect(section([6, 1, 1])).toEqual([6, 1, 1]);
  expect(section(undefined)).toEqual([24, 20, 20]);
  expect(() => section([4, 4])).toThrow('mrope_section is not three numbers');
  expect(() => section([24, 20, 20])).toThrow('mrope_section sums to 64, not to 8, half of head_dim');
});

test('biases of the attention, and ways to stretch the context other than YaRN, are refused, and the failure names them', () => {
  const parse = (text: Fields): unknown => parseModelConfig(config(text));
  expect(() => parse({ attention_bias: true })).toThrow('text_config.attention_bias is true');
  expect(() => parse({ attention_bias: false })).not.toThrow();
  expect(() => parse({ rope_scaling: { ...ROPE, rope_type: 'longrope' } })).toThrow(
    'rope_type is "longrope"',
  );
  const yarn = { ...ROPE, rope_type: 'yarn', factor: 2 };
  expect(() => parse({ rope_scaling: yarn })).not.toThrow();
  expect(() => parse({ rope_scaling: { ...yarn, factor: 0 } })).toThrow('factor is 0');
  expect(() => parse({ rope_scaling: { ...yarn, beta_fast: 1, beta_slow: 2 } })).toThrow(
    'beta_fast is below',
  );
});

test('the base of the rotary frequencies is read from rope_parameters first, then from the level above', () => {
  const theta = (text: Fields): number => parseModelConfig(config(text)).text.ropeTheta;
  expect(theta({})).toBe(10000);
  expect(theta({ rope_parameters: { ...ROPE, rope_theta: 5e6 } })).toBe(5e6);
  expect(theta({ rope_theta: undefined })).toBe(500000);
});

test('any other base of the vision encoder’s frequencies is refused', () => {
  const parse = (rope_theta: number): unknown =>
    parseModelConfig(config({}, { rope_parameters: { rope_type: 'axial', rope_theta } }));
  expect(() => parse(10000)).not.toThrow();
  expect(() => parse(500)).toThrow('vision_config.rope_parameters.rope_theta is 500');
});

test.each([
  ['num_hidden_layers', 0, 'is 0'],
  ['num_attention_heads', 0, 'is 0'],
  ['num_key_value_heads', 3, 'does not divide 4 heads'],
  ['head_dim', 12, 'is 12, not a multiple of 8'],
  ['hidden_size', '64', 'is "64", not a whole number'],
  ['rms_norm_eps', 0, 'is 0'],
])('a text model cannot be built of %s %s', (field, value, why) => {
  expect(() => parseModelConfig(config({ [field]: value }))).toThrow(`text_config.${field} ${why}`);
});
