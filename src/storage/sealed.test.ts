import { expect, test } from 'vitest';
import { unpackBlobs } from './blobs.ts';
import { isSealed, makeKey, seal, unseal } from './sealed.ts';

test('a value comes back with its Blobs, and is nowhere to be read before', async () => {
  const key = await makeKey();
  const value = {
    title: 'A secret cat',
    picture: new Blob([new Uint8Array([1, 2, 3])], { type: 'image/png' }),
    none: null,
    more: [new Blob(['xyz'])],
  };
  const sealed = await seal(key, 'card:a', value);
  expect(isSealed(sealed)).toBe(true);
  expect(isSealed(value)).toBe(false);
  expect(Buffer.from(sealed.data).toString('latin1')).not.toMatch(/secret|xyz/);
  const back = unpackBlobs(await unseal(key, 'card:a', sealed)) as typeof value;
  expect(back.title).toBe('A secret cat');
  expect(back.none).toBeNull();
  expect(back.picture.type).toBe('image/png');
  expect([...new Uint8Array(await back.picture.arrayBuffer())]).toEqual([1, 2, 3]);
  expect(await back.more[0]?.text()).toBe('xyz');
});

test('the key cannot be had, and nothing opens without it, in another place, or changed', async () => {
  const key = await makeKey();
  await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  const sealed = await seal(key, 'card:a', { a: 1 });
  await expect(unseal(await makeKey(), 'card:a', sealed)).rejects.toThrow();
  await expect(unseal(key, 'card:b', sealed)).rejects.toThrow();
  const changed = sealed.data.slice();
  new Uint8Array(changed)[5]! ^= 1;
  await expect(unseal(key, 'card:a', { ...sealed, data: changed })).rejects.toThrow();
  expect((await seal(key, 'card:a', { a: 1 })).iv).not.toEqual(sealed.iv);
});
