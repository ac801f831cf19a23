import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConversation, textAndImages } from './conversation-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-'));
  await writeFile(join(folder, 'a.png'), 'bytes');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('pictures become files with their names, read relative to the conversation', async () => {
  const content = [{ type: 'image', photo: 'a.png' }];
  const [message] = await readConversation(JSON.stringify([{ role: 'user', content }]), folder);
  expect(message?.content).toMatchObject([
    { type: 'image', photo: { name: join(folder, 'a.png'), size: 5 } },
  ]);
});

test('the failure names a missing picture file, or the fault of a file that is no conversation', async () => {
  await expect(textAndImages('hi', [join(folder, 'b.png')])).rejects.toThrow('b.png');
  await expect(textAndImages('hi', [folder])).rejects.toThrow(`${folder} is not a file`);
  await expect(readConversation('[]', folder)).rejects.toThrow('has no message');
  await expect(readConversation('{', folder)).rejects.toThrow('not valid JSON');
});
