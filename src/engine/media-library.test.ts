import { expect, test } from 'vitest';
import type { ClipReader } from './clip/clip.ts';
import { MediaLibrary } from './media-library.ts';
import { parsePreprocessing } from './preprocess/preprocessor-config.ts';
import { parseModelConfig } from '../format/parse-model-config.ts';
import type { DecodePhoto, RgbImage } from './photo/photo.ts';

const HALF = [0.5, 0.5, 0.5];
const FACTOR = { image_mean: HALF, image_std: HALF, patch_size: 16, merge_size: 2, temporal_patch_size: 2 };
const preprocessing = parsePreprocessing({
  image: { ...FACTOR, size: { shortest_edge: 1024, longest_edge: 4096 } },
  video: {
    ...FACTOR,
    size: { shortest_edge: 1024, longest_edge: 1e6 },
    fps: 2,
    min_frames: 4,
    max_frames: 6,
  },
});
const picture = (level: number): RgbImage => ({
  ...{ width: 32, height: 32 },
  data: new Uint8Array(32 * 32 * 3).fill(level),
});
const grey: DecodePhoto = () => Promise.resolve(picture(128));
const never = new AbortController().signal;

const STARTS = Array.from({ length: 50 }, (_, index) => index / 10);

function library(patchSize = 16, open?: () => Promise<ClipReader | undefined>): MediaLibrary {
  const config = parseModelConfig({
    model_type: 'qwen3_vl',
    text_config: { hidden_size: 32, num_hidden_layers: 1, num_attention_heads: 1 },
    vision_config: { patch_size: patchSize, out_hidden_size: 32 },
  });
  return new MediaLibrary({ ...preprocessing, config }, { photo: grey, clip: open });
}

test('a clip has one index per frame', async () => {
  const frames = [new Blob(['a']), new Blob(['b'])];
  const clip = { type: 'video', frames, fps: 2 } as const;
  await expect(library().prepare({ ...clip, indices: [0] }, never)).rejects.toThrow('2 frames has 1 indices');
  const { prompt } = await library().prepare({ ...clip, indices: [0, 1] }, never);
  expect(prompt).toMatchObject({ kind: 'video', grid: { frames: 1 }, timestamps: [0.25] });
});

test('the frames that the checkpoint samples are read from a clip’s file once', async () => {
  const log: unknown[] = [];
  const open = (): Promise<ClipReader> =>
    Promise.resolve({
      ...{ type: 'video/mp4', width: 32, height: 32, frameCount: 50, fps: 10, starts: STARTS },
      async *read(indices) {
        log.push(indices);
        for (const index of indices) yield await Promise.resolve(picture(index));
      },
      close: () => log.push('closed'),
    });
  const media = library(16, open);
  const { prompt, input } = await media.prepare({ type: 'video', clip: new Blob(['a']) }, never);
  // 5 s at 2 frames per second are more than 6: linspace(0, 49, 6), rounded.
  expect(log).toEqual([[0, 10, 20, 29, 39, 49], 'closed']);
  const timestamps = [0.5, 2.45, 4.4].map((seconds) => expect.closeTo(seconds, 9) as number);
  expect(prompt).toMatchObject({ kind: 'video', grid: { frames: 3, height: 2, width: 2 }, timestamps });
  const level = (value: number): number => (value / 255 - 0.5) / 0.5;
  expect(input?.patches[0]).toBeCloseTo(level(0), 5);
  expect(input?.patches[256]).toBeCloseTo(level(10), 5);
  await media.prepare({ type: 'video', clip: new Blob(['a']) }, never);
  expect(log).toHaveLength(2);
});

test('a clip that fails while it is read is closed', async () => {
  let isClosed = false;
  const open = (): Promise<ClipReader> =>
    Promise.resolve({
      ...{ type: 'video/mp4', width: 32, height: 32, frameCount: 50, fps: 10, starts: STARTS },
      async *read() {
        yield await Promise.resolve(picture(1));
        throw new Error('torn');
      },
      close: () => (isClosed = true),
    });
  const clip = { type: 'video', clip: new Blob(['a']) } as const;
  await expect(library(16, open).prepare(clip, never)).rejects.toThrow('torn');
  expect(isClosed).toBe(true);
});

test('a file that is no clip is refused, and so is every clip if nothing can open it', async () => {
  const clip = { type: 'video', clip: new Blob(['a']) } as const;
  const still = library(16, () => Promise.resolve(undefined));
  await expect(still.prepare(clip, never)).rejects.toMatchObject({ code: 'bad-clip' });
  await expect(library().prepare(clip, never)).rejects.toMatchObject({ code: 'bad-request' });
});

test('pictures are not cut into patches that the vision encoder cannot read', async () => {
  const photo = { type: 'image', photo: new Blob(['a']) } as const;
  await expect(library().prepare(photo, never)).resolves.toMatchObject({ prompt: { kind: 'image' } });
  await expect(library(14).prepare(photo, never)).rejects.toThrow('patches of 14 pixels');
});

test('a picture read at another detail is another medium, one read at the same detail is the same', async () => {
  const media = library();
  const photo = { type: 'image', photo: new Blob(['a']) } as const;
  const own = await media.prepare(photo, never);
  const coarse = await media.prepare(photo, never, 1);
  expect(coarse.key).not.toBe(own.key);
  expect(await media.prepare({ type: 'image', photo: new Blob(['a']) }, never, 1)).toBe(coarse);
  expect(await media.prepare(photo, never)).toBe(own);
});
