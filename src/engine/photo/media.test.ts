import { expect, test } from 'vitest';
import { MediaLibrary } from './media.ts';
import { parsePreprocessing } from './preprocessor-config.ts';
import { parseModelConfig } from '../../format/model-config.ts';
import type { DecodePhoto } from './photo.ts';

const FACTOR = { patch_size: 16, merge_size: 2, temporal_patch_size: 2 };
const preprocessing = parsePreprocessing({
  image: { ...FACTOR, size: { shortest_edge: 1024, longest_edge: 4096 } },
});
const grey: DecodePhoto = () =>
  Promise.resolve({ width: 32, height: 32, data: new Uint8Array(32 * 32 * 3).fill(128) });

function library(patchSize = 16): MediaLibrary {
  const config = parseModelConfig({
    model_type: 'qwen3_vl',
    text_config: { hidden_size: 32, num_hidden_layers: 1, num_attention_heads: 1 },
    vision_config: { patch_size: patchSize, out_hidden_size: 32 },
  });
  return new MediaLibrary({ ...preprocessing, config }, grey);
}

test('a clip has one index per frame', async () => {
  const frames = [new Blob(['a']), new Blob(['b'])];
  const clip = { type: 'video', frames, fps: 2 } as const;
  await expect(library().prepare({ ...clip, indices: [0] })).rejects.toThrow('2 frames has 1 indices');
  const { prompt } = await library().prepare({ ...clip, indices: [0, 1] });
  expect(prompt).toMatchObject({ kind: 'video', grid: { frames: 1 }, timestamps: [0.25] });
});

test('pictures are not cut into patches that the vision encoder cannot read', async () => {
  const picture = { type: 'image', photo: new Blob(['a']) } as const;
  await expect(library().prepare(picture)).resolves.toMatchObject({ prompt: { kind: 'image' } });
  await expect(library(14).prepare(picture)).rejects.toThrow('patches of 14 pixels');
});

test('a picture read at another detail is another medium, one read at the same detail is the same', async () => {
  const media = library();
  const picture = { type: 'image', photo: new Blob(['a']) } as const;
  const own = await media.prepare(picture);
  const coarse = await media.prepare(picture, 1);
  expect(coarse.key).not.toBe(own.key);
  expect(await media.prepare({ type: 'image', photo: new Blob(['a']) }, 1)).toBe(coarse);
  expect(await media.prepare(picture)).toBe(own);
});
