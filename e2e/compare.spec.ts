// Tests comparing two pictures, and saving a picture with its boxes.

import { expect, test, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { openSaved } from './imported.ts';
import { arrive, FIXTURE, question, attachments } from './person.ts';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });
test.beforeEach(async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 4 });
});

const drawing = (inner: string, width = 600): Promise<Buffer> =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="400"><rect width="${width}" height="400" fill="#dde"/><circle cx="150" cy="120" r="60" fill="#b33"/>${inner}</svg>`,
    ),
  )
    .png()
    .toBuffer();

async function add(page: Page, buffers: Buffer[]): Promise<void> {
  const files = buffers.map((buffer, index) => ({
    name: `drawing-${index + 1}.png`,
    mimeType: 'image/png',
    buffer,
  }));
  await page.getByLabel('Add pictures').first().setInputFiles(files);
  await expect(attachments(page).getByRole('button', { name: /^Remove / })).toHaveCount(buffers.length);
}

test('two pictures lie side by side or take turns, and the page marks their differences', async ({
  page,
}) => {
  await add(page, [
    await drawing(''),
    await drawing('<rect x="400" y="250" width="90" height="80" fill="#363"/>'),
  ]);
  await page.getByRole('button', { name: 'Compare two pictures' }).press('Enter');
  const compare = page.getByRole('group', { name: 'Two pictures compared' });
  await expect(compare).toBeFocused();
  await expect(page.getByText('1 changed place is marked.')).toBeVisible();
  const pictures = compare.getByRole('img', { name: /^drawing/ });
  await expect(pictures).toHaveCount(2);
  await expect(compare.getByRole('img', { name: 'Change 1' })).toHaveCount(2);
  const [picture, change] = [
    await pictures.first().boundingBox(),
    await compare.getByRole('img', { name: 'Change 1' }).first().boundingBox(),
  ];
  if (picture === null || change === null) throw new Error('Nothing is shown.');
  expect((change.x - picture.x) / picture.width).toBeCloseTo(400 / 600, 1);
  expect((change.y - picture.y) / picture.height).toBeCloseTo(250 / 400, 1);

  await page.getByRole('button', { name: 'One after the other' }).click();
  await expect(pictures).toHaveCount(1);
  for (const name of ['drawing-1.png', 'drawing-2.png', 'drawing-1.png']) {
    await expect(compare.getByRole('img', { name })).toBeVisible();
  }
  await page.getByRole('button', { name: 'Stop alternating' }).click();
  const shown = await pictures.getAttribute('alt');
  await compare.press('ArrowRight');
  await expect(pictures).not.toHaveAttribute('alt', shown ?? '');
  await compare.press('Escape');
  await expect(compare).toHaveCount(0);
});

test('a user who prefers reduced motion switches the pictures by hand', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await add(page, [await drawing(''), await drawing('', 900)]);
  await page.getByRole('button', { name: 'Compare two pictures' }).click();
  await expect(page.getByText(/differ in shape/)).toBeVisible();
  await page.getByRole('button', { name: 'One after the other' }).click();
  await expect(page.getByRole('button', { name: 'Alternate' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Stop alternating' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Show the other picture' }).click();
  await expect(page.getByRole('img', { name: 'drawing-2.png' })).toBeVisible();
});

test('the user saves a picture with its boxes, in its own size', async ({ page }) => {
  await openSaved(page, {
    answer: '[{"bbox_2d": [200, 300, 600, 800], "label": "thing"}]',
    pictures: ['wide.png'],
  });
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the picture with its boxes' }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe('wide.png');
  const { data, info } = await sharp(readFileSync(await saved.path()))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const original = await sharp('tools/reference/pictures/wide.png').metadata();
  expect([info.width, info.height]).toEqual([original.width, original.height]);
  const at = (Math.round(info.height * 0.55) * info.width + Math.round(info.width * 0.2)) * 3;
  expect([...data.subarray(at, at + 3)]).toEqual([0xff, 0x5a, 0x36]);
});

test('boxes of an earlier answer fade when a later question comes; the user copies the text that was read', async ({
  page,
}) => {
  const answer = await openSaved(page, {
    answer: '[{"bbox_2d": [200, 300, 600, 800], "text_content": "EXIT"}]',
    pictures: ['wide.png'],
  });
  await answer.getByRole('button', { name: 'Copy the text' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('EXIT');
  const mark = page.getByRole('button', { name: '1: EXIT' });
  await expect(mark).toHaveCSS('opacity', '1');
  await question(page).fill('And what else?');
  await question(page).press('Enter');
  await expect(page.getByRole('list', { name: 'What an earlier answer points at' })).toBeVisible();
  await expect(mark).toHaveCSS('opacity', '0.3');
  await mark.focus();
  await expect(mark).toHaveCSS('opacity', '1');
});
