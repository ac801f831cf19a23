import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sha256Begin, sha256End, sha256Extend, type Sha256State } from './sha256-stream.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

test('the test vectors of FIPS 180-4 have the right hashes', () => {
  expect(sha256End(sha256Begin())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha256End(sha256Extend(sha256Begin(), ascii('abc')))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  const million = sha256Extend(sha256Begin(), new Uint8Array(1e6).fill('a'.charCodeAt(0)));
  expect(sha256End(million)).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
});

test('data of every length, cut anywhere and with a stored state, has the hash that OpenSSL gives', () => {
  for (let length = 0; length < 300; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 131 + length * 17) & 255);
    const expected = createHash('sha256').update(bytes).digest('hex');
    for (const cut of new Set([0, 1, 55, 56, 63, 64, 65, 127, 128, length].filter((at) => at <= length))) {
      const first = sha256Extend(sha256Begin(), bytes.subarray(0, cut));
      const stored = JSON.parse(JSON.stringify(first)) as Sha256State;
      expect(sha256End(sha256Extend(stored, bytes.subarray(cut))), `${length} cut at ${cut}`).toBe(expected);
    }
  }
});

test('the padding counts a length of more than 32 bits', () => {
  // Pretends that 2³² bits, which are 512 MiB, have been hashed: only the padding depends on the length.
  const after = (bytes: number): string => sha256End({ ...sha256Begin(), bytes });
  expect(after(2 ** 29)).not.toBe(after(0));
});
