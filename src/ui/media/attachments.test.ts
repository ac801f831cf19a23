import { expect, test } from 'vitest';
import type { Outcome } from '../../failure.ts';
import type { MediaItem } from './media-item.ts';
import { Attachments } from './attachments.svelte.ts';

/** Takes as many milliseconds to open a file as the file's name says. */
const open = async (file: Blob, name: string): Promise<Outcome<MediaItem>> => {
  await new Promise((resolve) => setTimeout(resolve, Number(name)));
  if (file.size === 0) return { kind: 'failed', failure: { code: 'empty-file', message: name } };
  return { kind: 'done', value: { id: name, name, part: null } as unknown as MediaItem };
};

test('pictures keep the order in which the user added them, however long each takes to read', async () => {
  const attachments = new Attachments({
    open,
    crop: () => Promise.reject(new Error('unused')),
    find: () => undefined,
  });
  const file = (name: string, content = 'x'): File => new File([content], name);
  const first = attachments.add([file('30'), file('1'), file('15', ''), file('2')]);
  await Promise.all([first, attachments.addBlob(file('0'), '0')]);
  expect(attachments.media.map(({ name }) => name)).toEqual(['30', '1', '2', '0']);
  expect(attachments.refused.map(({ of, files }) => [of, files.map(({ name }) => name)])).toEqual([
    [4, ['15']],
  ]);
  expect(attachments.opening).toBe(0);
});
