import { expect, test } from 'vitest';
import { within } from './time-limit.ts';

test('a decoder that never answers is reported as a bad clip; one that answers is not disturbed', async () => {
  await expect(within(5, new Promise(() => undefined))).rejects.toMatchObject({ code: 'bad-clip' });
  await expect(within(1000, Promise.resolve(7))).resolves.toBe(7);
  await expect(within(1000, Promise.reject(new Error('torn')))).rejects.toThrow('torn');
});
