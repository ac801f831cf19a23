// Tests that the question field stays in view and usable with any number of pictures and in small windows: zoomed in to
// 200 %, on a phone in landscape, and 320 pixels wide.

import { expect, test, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { openSaved } from './imported.ts';
import { addMany, startAnew } from './page-steps.ts';
import { answers, PICTURES, question, attachments } from './person.ts';
import { openInState } from './states.ts';

const WINDOWS = {
  'a desktop': { width: 1280, height: 800 },
  'a desktop zoomed in to 200 %': { width: 640, height: 400 },
  'a phone': { width: 360, height: 740 },
  'a phone on its side': { width: 740, height: 360 },
  '320 pixels': { width: 320, height: 568 },
  '320 pixels at 400 %': { width: 320, height: 256 },
};

/** Expects that a touch on the middle of the field hits the field, and that the page itself does not scroll. */
async function expectFieldInView(page: Page): Promise<void> {
  await expect(question(page)).toBeInViewport({ ratio: 0.9 });
  const met = await question(page).evaluate((field) => {
    const { left, top, width, height } = field.getBoundingClientRect();
    return document.elementFromPoint(left + width / 2, top + height / 2) === field;
  });
  expect(met, 'nothing lies over the field').toBe(true);
  const { wide, high } = await page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    return { wide: scrollWidth - clientWidth, high: scrollHeight - clientHeight };
  });
  expect({ wide, high }, 'the page does not scroll').toEqual({ wide: 0, high: 0 });
}

/** Expects that the picture does not overlap the question field. */
async function expectApart(page: Page): Promise<void> {
  const [stage, form] = await Promise.all([
    page.getByRole('region', { name: 'Picture', exact: true }).boundingBox(),
    page.locator('form.composer').boundingBox(),
  ]);
  if (stage === null || form === null) throw new Error('Picture or field is not shown.');
  const apart = stage.x + stage.width <= form.x + 1 || stage.y + stage.height <= form.y + 1;
  expect(apart, 'the picture lies over the field').toBe(true);
}

/** Adds six files, of which three can be read. */
async function addMixed(page: Page): Promise<void> {
  const good = ['odd.png', 'wide.png', 'tall.png'].map((name) => ({
    name,
    mimeType: 'image/png',
    buffer: readFileSync(`${PICTURES}/${name}`),
  }));
  const bad = [
    { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('Milk, bread, and a lamp. '.repeat(9)) },
    { name: 'broken.jpg', mimeType: 'image/jpeg', buffer: good[0]?.buffer.subarray(0, 60) ?? Buffer.of() },
    { name: 'empty.png', mimeType: 'image/png', buffer: Buffer.of() },
  ];
  await page
    .getByLabel('Add pictures')
    .first()
    .setInputFiles([...good, ...bad]);
  await expect(page.getByText('3 of 6 files were not added.')).toBeVisible();
}

/** The visible height of the conversation, in pixels. */
async function conversationHeight(page: Page): Promise<number> {
  const box = await page.getByRole('region', { name: 'Conversation' }).boundingBox();
  return box?.height ?? 0;
}

/** Expects that a touch hits each button of the notices once the focus has scrolled it into view. */
async function expectNoticesPressed(page: Page): Promise<void> {
  const buttons = page.locator('.notices button');
  for (const name of ['Dismiss', 'Larger models', 'No, thanks', 'Keep them']) {
    await expect(buttons.filter({ hasText: name }).or(buttons.and(page.getByLabel(name)))).toBeAttached();
  }
  const missed = () =>
    buttons.evaluateAll((all) =>
      all.flatMap((button) => {
        (button as HTMLElement).focus();
        const { left, top, width, height } = button.getBoundingClientRect();
        const met = document.elementFromPoint(left + width / 2, top + height / 2);
        return met !== null && button.contains(met) ? [] : [button.textContent];
      }),
    );
  await expect.poll(missed, 'buttons that a finger does not meet').toEqual([]);
}

for (const [name, viewport] of Object.entries(WINDOWS)) {
  test.describe(name, () => {
    test.use({ viewport, locale: 'en' });

    test('the field is in view on the empty page, and with 1, 14 and 30 pictures of the user’s own', async ({
      page,
    }) => {
      await page.goto('/');
      for (const count of [1, 14, 30]) {
        await test.step(`${count} of them`, async () => {
          await expectFieldInView(page);
          await addMany(page, count);
          await expectFieldInView(page);
          await expectApart(page);
          // The newest picture is in view; the row scrolls to the first.
          const newest = attachments(page).getByRole('button', { name: `Look at card-${count}.png` });
          await expect(newest).toBeInViewport();
          await attachments(page).getByRole('button', { name: 'Look at card-1.png' }).click();
          await expect(page.getByRole('img', { name: 'card-1.png' })).toBeVisible();
          await startAnew(page);
        });
      }
    });

    test('the field and some of the answer are in view with every notice at once', async ({ page }) => {
      await page.goto('/');
      await expect(question(page)).toBeVisible();
      const narrow = page.getByRole('button', { name: 'More', exact: true });
      if (await narrow.isVisible()) await narrow.click();
      await openSaved(page, { answer: 'A short answer.', pictures: ['odd.png'] });
      await expect(page.getByRole('button', { name: 'Keep them' })).toBeAttached();
      await addMixed(page);
      await expectFieldInView(page);
      await expectApart(page);
      const least = Math.min(64, viewport.height * 0.1);
      await expect.poll(() => conversationHeight(page)).toBeGreaterThanOrEqual(least);
      if (viewport.height >= 700) await expect(answers(page).getByText('A short answer.')).toBeInViewport();
      // At 400 % only the field fits.
      if (viewport.height < 300) return;
      // The notices can be dismissed, because they do not lie over the field.
      await page.getByRole('button', { name: 'Dismiss' }).click();
      await expect(page.getByText('3 of 6 files were not added.')).toHaveCount(0);
      await page.getByRole('button', { name: 'No, thanks' }).click();
      await expectFieldInView(page);
    });

    test('the user can press each notice’s buttons while pictures wait, in the short list and in the long one', async ({
      page,
    }) => {
      await page.goto('/');
      await expect(question(page)).toBeVisible();
      const narrow = page.getByRole('button', { name: 'More', exact: true });
      if (await narrow.isVisible()) await narrow.click();
      await openSaved(page, { answer: 'A short answer.', pictures: ['odd.png'] });
      await addMixed(page);
      await expectNoticesPressed(page);
      const list = page.getByRole('button', { name: /^\d notices/ });
      if (!(await list.isVisible())) return;
      // In very low windows, the focus has already opened the list.
      if ((await list.getAttribute('aria-expanded')) === 'false') await list.click();
      await expect(list).toHaveAttribute('aria-expanded', 'true');
      await expectNoticesPressed(page);
      await expectFieldInView(page);
    });

    test('the field is in view in a conversation about 30 pictures', async ({ page }) => {
      await page.goto('/');
      await expect(question(page)).toBeVisible();
      const narrow = page.getByRole('button', { name: 'More', exact: true });
      if (await narrow.isVisible()) await narrow.click();
      const pictures = Array.from({ length: 30 }, (_, i) => ['odd.png', 'wide.png', 'tall.png'][i % 3] ?? '');
      await openSaved(page, { answer: 'Three kinds of pictures. '.repeat(40), pictures });
      await expectFieldInView(page);
      await expectApart(page);
    });
  });
}

test.describe('a phone with experts, a part and the question about keeping', () => {
  test.use({ viewport: { width: 390, height: 844 }, locale: 'en' });

  test('the answer stays in view, and the experts can be closed in their place', async ({ page }) => {
    await openInState(page, 'experts');
    await expect(answers(page).first().locator('[aria-busy]')).toBeInViewport();
    await expectFieldInView(page);
    const experts = page.getByRole('figure', { name: 'Experts at work' });
    await page.getByRole('button', { name: 'Close the experts' }).click();
    await expect(experts).toHaveCount(0);
    await page.getByRole('button', { name: 'Ask about a part' }).click();
    await expect(page.getByRole('button', { name: 'Keep them' })).toBeAttached();
    await expectFieldInView(page);
    await expect.poll(() => conversationHeight(page)).toBeGreaterThanOrEqual(64);
  });
});
