import { expect, test } from 'vitest';
import { isSealed, makeKey, seal, unseal, type Sealed } from './sealed.ts';

const bytesOf = ({ data }: Sealed): Promise<ArrayBuffer> => new Response(data).arrayBuffer();

test('a value is restored with its Blobs, and its sealed form shows nothing of it', async () => {
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
  expect(Buffer.from(await bytesOf(sealed)).toString('latin1')).not.toMatch(/secret|xyz/);
  const back = (await unseal(key, 'card:a', sealed)) as typeof value;
  expect(back.title).toBe('A secret cat');
  expect(back.none).toBeNull();
  expect(back.picture.type).toBe('image/png');
  expect([...new Uint8Array(await back.picture.arrayBuffer())]).toEqual([1, 2, 3]);
  expect(await back.more[0]?.text()).toBe('xyz');
});

test('the key cannot be exported, and no value opens without it, under another name, or changed', async () => {
  const key = await makeKey();
  await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  const sealed = await seal(key, 'card:a', { a: 1 });
  await expect(unseal(await makeKey(), 'card:a', sealed)).rejects.toThrow();
  await expect(unseal(key, 'card:b', sealed)).rejects.toThrow();
  const changed = await bytesOf(sealed);
  new Uint8Array(changed)[5]! ^= 1;
  await expect(unseal(key, 'card:a', { ...sealed, data: changed })).rejects.toThrow();
  expect((await seal(key, 'card:a', { a: 1 })).iv).not.toEqual(sealed.iv);
});

test('a large value is sealed in chunks, of which none can be left out, moved or repeated', async () => {
  const key = await makeKey();
  const bytes = crypto.getRandomValues(new Uint8Array(10_000));
  const value = {
    name: 'clip',
    file: new Blob([bytes], { type: 'video/webm' }),
    preview: new Blob(['small']),
  };
  const sealed = await seal(key, 'photo', value, 1000);
  expect(isSealed(sealed)).toBe(true);
  expect(sealed.chunkBytes).toBe(1000);
  const back = (await unseal(key, 'photo', sealed)) as typeof value;
  expect(back.name).toBe('clip');
  expect(back.file.type).toBe('video/webm');
  expect(new Uint8Array(await back.file.arrayBuffer())).toEqual(bytes);
  expect(await back.preview.text()).toBe('small');

  const whole = await bytesOf(sealed);
  const chunk = (index: number): ArrayBuffer => whole.slice(index * 1016, (index + 1) * 1016);
  const others = [
    [whole.slice(0, -1)],
    [whole.slice(0, 10 * 1016)],
    [chunk(1), chunk(0), whole.slice(2 * 1016)],
    [chunk(0), chunk(0), whole.slice(2 * 1016)],
    [whole, chunk(0)],
  ];
  for (const parts of others) {
    await expect(unseal(key, 'photo', { ...sealed, data: new Blob(parts) })).rejects.toThrow();
  }
  // The data may be bytes instead of a Blob.
  const again = (await unseal(key, 'photo', { ...sealed, data: whole })) as typeof value;
  expect(await again.preview.text()).toBe('small');
});
