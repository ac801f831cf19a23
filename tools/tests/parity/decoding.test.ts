// Tests, in Node, files that decoders read in different ways; decoding.spec.ts compares a browser with the same pixels.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { compared, HARD_PICTURES, hardPictures, toleranceOf } from './hard-pictures.ts';

test.each(hardPictures())('%s is decoded upright and on white, without its other pictures', async (file) => {
  const pixels = await decodePhoto(new Blob([readFileSync(join(HARD_PICTURES, file))]));
  expect(await compared(file, pixels)).toBeLessThanOrEqual(toleranceOf(file));
});
