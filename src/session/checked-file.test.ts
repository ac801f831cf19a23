import { expect, test } from 'vitest';
import { demandSum } from './checked-file.ts';

const URL_ = 'https://app.example.org/assets/ort-a.wasm';
/** Length and hash of 'abc', from FIPS 180-2. */
const SUM = { bytes: 3, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' };
const bytesOf = (text: string) => new TextEncoder().encode(text);

test('a file with the SHA-256 that the build wrote passes', async () => {
  await expect(demandSum(URL_, bytesOf('abc'), SUM)).resolves.toBeUndefined();
});

test.each(['abd', 'ab', ''])('a file with other bytes (%j) fails, and the failure names it', async (text) => {
  await expect(demandSum(URL_, bytesOf(text), SUM)).rejects.toMatchObject({
    code: 'changed-program',
    message: expect.stringContaining('ort-a.wasm') as string,
  });
});
