// Compares photos, from file to patches, with the reference: at least 99 % of the values must be equal, and none may
// differ by more than 1/255.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { RgbImage, VisionInput } from '../engine/photo/photo.ts';
import { preprocessClip, preprocessImage } from '../engine/preprocess/preprocess.ts';
import { parsePreprocessing } from '../engine/preprocess/preprocessor-config.ts';
import { decodePhoto } from './decode-photo.ts';

const reference = resolve(import.meta.dirname, '../../tools/reference');
const fixture = resolve(reference, 'fixtures/dense-tied');
const config = parsePreprocessing({
  image: readJson(resolve(fixture, 'preprocessor_config.json')),
  video: readJson(resolve(fixture, 'video_preprocessor_config.json')),
});
const goldens = readBytes(resolve(reference, 'goldens/pixels.safetensors'));

interface Part {
  type: 'text' | 'image' | 'video';
  photo?: string;
  frames?: string[];
}
const cases = readJson(resolve(reference, 'cases.json')) as Record<string, { content: string | Part[] }[]>;

const visual = Object.entries(cases).map(([name, messages]) => ({
  name,
  parts: messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content)),
}));

describe.each(visual.filter(({ parts }) => parts.some((part) => part.type !== 'text')))(
  '$name',
  ({ name, parts }) => {
    test.each(['image', 'video'] as const)('has the %s pixels of the reference', async (kind) => {
      const expected = goldens.get(`${name}.${kind}_patches`);
      const inputs: VisionInput[] = [];
      for (const part of parts.filter(({ type }) => type === kind)) {
        if (part.photo !== undefined) {
          inputs.push(preprocessImage(await decode(part.photo), config.image));
        } else {
          const frames = await Promise.all((part.frames ?? []).map(decode));
          inputs.push(await preprocessClip(frames.length, frames, config.video));
        }
      }
      const bytes = inputs.flatMap(({ patches }) => Array.from(patches, (value) => value * 127.5 + 127.5));
      expect(bytes).toHaveLength(expected?.length ?? 0);
      let unequal = 0;
      let largest = 0;
      bytes.forEach((byte, i) => {
        const difference = Math.abs(Math.round(byte) - (expected?.[i] ?? 0));
        if (difference > 0) unequal++;
        largest = Math.max(largest, difference);
      });
      expect(largest).toBeLessThanOrEqual(1);
      expect(unequal).toBeLessThanOrEqual(bytes.length / 100);
    });
  },
);

test('the decoder turns a photo upright', async () => {
  const stored = await sharp({ create: { width: 6, height: 4, channels: 3, background: '#102030' } })
    .withMetadata({ orientation: 6 })
    .png()
    .toBuffer();
  const { width, height } = await decodePhoto(new Blob([new Uint8Array(stored)]));
  expect({ width, height }).toEqual({ width: 4, height: 6 });
});

test('a grey photo with alpha becomes RGB on white', async () => {
  const grey = Uint8Array.from([0, 0, 0, 255, 100, 128]);
  const stored = await sharp(grey, { raw: { width: 3, height: 1, channels: 2 } })
    .png()
    .toBuffer();
  const { data } = await decodePhoto(new Blob([new Uint8Array(stored)]));
  expect(Array.from(data)).toEqual([255, 255, 255, 0, 0, 0, 177, 177, 177]);
});

test('the decoder refuses a file that is no picture, with the code for its kind', async () => {
  await expect(decodePhoto(new Blob(['no picture']))).rejects.toMatchObject({ code: 'text-file' });
  await expect(decodePhoto(new Blob([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10)]))).rejects.toMatchObject({
    code: 'bad-photo',
  });
  await expect(decodePhoto(new Blob([]))).rejects.toMatchObject({ code: 'empty-file' });
  await expect(decodePhoto(new File(['no picture'], 'a.png'))).rejects.toThrow('a.png cannot be decoded');
});

test('the decoder refuses an enormous photo before it unpacks it', async () => {
  const stored = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  // The frame header claims 11,000 × 11,000 pixels, which the file does not contain.
  const frame = stored.indexOf(Uint8Array.from([0xff, 0xc0]));
  stored.writeUInt16BE(11000, frame + 5);
  stored.writeUInt16BE(11000, frame + 7);
  await expect(decodePhoto(new Blob([new Uint8Array(stored)]))).rejects.toMatchObject({
    code: 'photo-too-large',
  });
});

async function decode(name: string): Promise<RgbImage> {
  return decodePhoto(new Blob([readFileSync(resolve(reference, 'pictures', name))]));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** The U8 tensors of a safetensors file. */
function readBytes(path: string): Map<string, Uint8Array> {
  const bytes = new Uint8Array(readFileSync(path));
  const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return new Map(
    tensors.map(
      ([
        name,
        {
          data_offsets: [from, to],
        },
      ]) => [name, bytes.subarray(start + from, start + to)],
    ),
  );
}
