import { expect, test } from 'vitest';
import type { Outcome } from '../../failure.ts';
import type { Photo } from './photo.ts';
import { Tray } from './tray.svelte.ts';

/** Opens each file after as many milliseconds as its name says. */
const open = async (file: Blob, name: string): Promise<Outcome<Photo>> => {
  await new Promise((resolve) => setTimeout(resolve, Number(name)));
  if (file.size === 0) return { kind: 'failed', failure: { code: 'empty-file', message: name } };
  return { kind: 'done', value: { id: name, name, part: null } as unknown as Photo };
};

test('pictures keep the order in which they came, however long each takes to be read', async () => {
  const tray = new Tray({ open, crop: () => Promise.reject(new Error('unused')), find: () => undefined });
  const file = (name: string, content = 'x'): File => new File([content], name);
  const first = tray.add([file('30'), file('1'), file('15', ''), file('2')]);
  await Promise.all([first, tray.addBlob(file('0'), '0')]);
  expect(tray.photos.map(({ name }) => name)).toEqual(['30', '1', '2', '0']);
  expect(tray.refused.map(({ of, files }) => [of, files.map(({ name }) => name)])).toEqual([[4, ['15']]]);
  expect(tray.opening).toBe(0);
});
