// Tests files that are deleted, moved or overwritten after the user chose them. The conversation must continue with the
// original bytes, and a file that can no longer be read must be refused with its own sentence.

import { expect, test, type Page } from '@playwright/test';
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { evenly, makeClip } from './make-clip.ts';
import { answered, arrive, ask, FIXTURE, PICTURES, said, attachments } from './person.ts';

test.use({ serviceWorkers: 'block', locale: 'en' });

const COLOURS = [
  [200, 30, 20],
  [30, 160, 40],
] as const;

/** Copies a file to a path where the test may damage the copy. Returns the path. */
function onDisk(name: string, from: string): string {
  const path = test.info().outputPath(name);
  copyFileSync(from, path);
  return path;
}

async function add(page: Page, path: string, count = 1): Promise<void> {
  await page.getByLabel('Add pictures').first().setInputFiles(path);
  await expect(attachments(page).getByRole('button', { name: /^Remove / })).toHaveCount(count);
}

const spoil: Record<string, (path: string) => void> = {
  deleted: (path) => rmSync(path),
  moved: (path) => renameSync(path, `${path}.elsewhere`),
  'saved anew': (path) => writeFileSync(path, readFileSync(`${PICTURES}/wide.png`)),
};

for (const [how, change] of Object.entries(spoil)) {
  test(`the user asks again and again about a picture whose file is ${how}, and saves it`, async ({
    page,
  }) => {
    await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 8 });
    const path = onDisk('mine.png', `${PICTURES}/odd.png`);
    await add(page, path);
    change(path);
    await ask(page, 'What is this?');
    const first = await said(await answered(page, 1));
    await ask(page, 'Hello?');
    await answered(page, 2);
    await page.getByRole('button', { name: 'Conversations' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('dialog').getByRole('button', { name: 'Save as JSON' }).click(),
    ]);
    const { photos } = JSON.parse(readFileSync(await file.path(), 'utf8')) as { photos: { data: string }[] };
    expect(photos[0]?.data).toBe(readFileSync(`${PICTURES}/odd.png`).toString('base64'));
    await page.keyboard.press('Escape');
    // A new conversation about the undamaged picture gives the same answer, so the first answer was about the original
    // bytes.
    await page.getByRole('button', { name: 'New conversation' }).click();
    await add(page, onDisk('again.png', `${PICTURES}/odd.png`));
    await ask(page, 'What is this?');
    expect(await said(await answered(page, 1))).toBe(first);
  });
}

test('the user plays a clip whose file is deleted, and asks about it', async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 4 });
  const path = test.info().outputPath('mine.webm');
  mkdirSync(test.info().outputDir, { recursive: true });
  writeFileSync(path, await makeClip(page, { container: 'webm', codec: 'vp8', ...evenly(COLOURS, 1) }));
  await add(page, path);
  rmSync(path);
  const video = page.locator('video');
  await expect.poll(() => video.evaluate((one: HTMLVideoElement) => one.readyState)).toBeGreaterThan(1);
  await ask(page, 'What moves?');
  await answered(page, 1);
  await ask(page, 'Hello?');
  await answered(page, 2);
});

test('the page refuses a picture that is gone before it is read, in a sentence of its own', async ({
  page,
}) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 4 });
  const path = onDisk('gone.png', `${PICTURES}/odd.png`);
  // The file picker hands over only a reference, so hold back the page's reading until the file is deleted.
  await page.evaluate(() => {
    const input = document.querySelector<HTMLInputElement>('input[type=file]');
    input?.addEventListener('change', (event) => event.stopImmediatePropagation(), {
      capture: true,
      once: true,
    });
  });
  const input = page.getByLabel('Add pictures').first();
  await input.setInputFiles(path);
  rmSync(path);
  await input.dispatchEvent('change');
  await expect(page.getByRole('alert')).toContainText('gone.png was not added.');
  await expect(page.getByRole('alert')).toContainText('it was moved, deleted or changed');
  await ask(page, 'Hello?');
  await answered(page, 1);
});

test('a conversation continues after the user reopened it and deleted it from the history', async ({
  page,
}) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 4 });
  const dialog = page.getByRole('dialog', { name: 'Conversations' });
  const openPanel = () => page.getByRole('button', { name: 'Conversations' }).click();
  await openPanel();
  await dialog.getByRole('switch').check();
  await page.keyboard.press('Escape');
  await add(page, onDisk('mine.png', `${PICTURES}/odd.png`));
  await ask(page, 'What is this?');
  await answered(page, 1);
  await openPanel();
  await expect(dialog.getByRole('button', { name: 'Open “What is this?”' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'New conversation' }).click();
  await openPanel();
  await dialog.getByRole('button', { name: 'Open “What is this?”' }).click();
  await answered(page, 1);
  await openPanel();
  await dialog.getByRole('switch').uncheck();
  await dialog.getByRole('button', { name: 'Delete “What is this?”' }).click();
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(dialog).toContainText('Nothing is kept.');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Answer again' }).click();
  await answered(page, 1);
});
