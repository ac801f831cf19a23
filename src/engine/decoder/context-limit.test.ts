import { expect, test } from 'vitest';
import type { TextConfig } from '../../format/model-config.ts';
import { cacheBytesPerToken, contextLimit } from './context-limit.ts';

/** The shapes of Qwen3-VL-2B. */
const text: TextConfig = {
  ...{ layers: 28, heads: 16, kvHeads: 8, headDim: 128, hiddenSize: 2048, intermediateSize: 6144 },
  ...{ vocabSize: 151_936, rmsNormEps: 1e-6, ropeTheta: 5e6, mropeSection: [24, 20, 20] },
  ...{ tiedHead: true, contextLength: 262_144 },
};

test('a token of the 2B takes 112 KiB in 16 bits, twice that in 32', () => {
  expect(cacheBytesPerToken(text, 'f16')).toBe(114_688);
  expect(cacheBytesPerToken(text, 'f32')).toBe(229_376);
});

test('the context is as long as the cache has memory for, but at least 8,192 tokens and at most the limit of the checkpoint', () => {
  expect(contextLimit(text, 'f16', 4e9)).toBe(34_877);
  expect(contextLimit(text, 'f16', 0)).toBe(8192);
  expect(contextLimit(text, 'f16', 1e12)).toBe(262_144);
  expect(contextLimit({ ...text, contextLength: 2048 }, 'f16', 4e9)).toBe(2048);
});
