// Tests files that are not readable pictures. Each kind must have its own sentence in both languages, and the files of
// one drop must share a notice that leaves the page in view.

import { expect, test, type Page } from '@playwright/test';
import type { FailureCode } from '../../../src/failure.ts';
import { en, zh } from '../../../src/ui/kit/failure-strings.ts';
import { answered, arrive, ask, FIXTURE, PICTURES, attachments } from '../../../e2e/person.ts';
import { APP_PORT } from '../support/places.ts';

test.use({ baseURL: `http://localhost:${APP_PORT}/` });

/** The names and types are missing or wrong, so that only the bytes identify a file. */
const FILES: [name: string, type: string, bytes: string, code: FailureCode][] = [
  ['IMG_0001.jpg', 'image/jpeg', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'heic-photo'],
  ['letter.jpg', 'image/jpeg', '%PDF-1.7\n', 'pdf-file'],
  ['report.docx', '', 'PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml', 'office-file'],
  ['logo.png', 'image/png', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'svg-drawing'],
  ['scan', '', 'II*\0\x08\0\0\0', 'tiff-picture'],
  ['nothing.jpg', 'image/jpeg', '', 'empty-file'],
  ['notes.jpg', 'image/jpeg', 'Milk, eggs and bread', 'text-file'],
];

async function drop(page: Page, files: typeof FILES): Promise<void> {
  const dataTransfer = await page.evaluateHandle((all) => {
    const held = new DataTransfer();
    for (const [name, type, bytes] of all) {
      held.items.add(new File([Uint8Array.from(bytes, (char) => char.charCodeAt(0))], name, { type }));
    }
    return held;
  }, files);
  await page.dispatchEvent('main', 'drop', { dataTransfer });
}

for (const [locale, viewport, sentences] of [
  ['en', { width: 1280, height: 800 }, en],
  ['zh-CN', { width: 320, height: 640 }, zh],
] as const) {
  test.describe(locale, () => {
    test.use({ locale, viewport });

    test('the files of one drop share a notice, and each kind has its own sentence', async ({ page }) => {
      await arriveAnyLanguage(page);
      await drop(page, FILES);
      const notice = page.getByRole('alert');
      await expect(notice).toHaveCount(1);
      for (const [name, , , code] of FILES) {
        await expect(notice.getByText(name)).toHaveCount(1);
        await expect(notice).toContainText(sentences[code]);
      }
      expect(new Set(FILES.map(([, , , code]) => sentences[code])).size).toBe(FILES.length);
      // At least half of the page must stay visible, with the question, and it must be possible to scroll to the last
      // sentence.
      const box = await notice.boundingBox();
      expect(box?.height).toBeLessThan(viewport.height / 2);
      await expect(page.getByRole('textbox').first()).toBeInViewport();
      await notice.getByText(FILES.at(-1)![0]).scrollIntoViewIfNeeded();
      await expect(notice.getByText(FILES.at(-1)![0])).toBeInViewport();
      await page.screenshot({ path: `test-results/refused-${locale}.png` });
      await notice.getByRole('button').click();
      await expect(notice).toHaveCount(0);
    });
  });
}

test('the page names one refused file, and adds the others', async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 4 });
  const pdf = FILES.filter(([name]) => name === 'letter.jpg');
  await drop(page, [...pdf, ...FILES.filter(([name]) => name === 'nothing.jpg')]);
  await expect(page.getByRole('alert')).toContainText('None of the 2 files was added.');
  await page.getByRole('alert').getByRole('button', { name: 'Dismiss' }).click();
  await page.getByLabel('Add pictures').first().setInputFiles(`${PICTURES}/odd.png`);
  await expect(attachments(page).getByRole('button', { name: 'Remove odd.png' })).toBeVisible();
  await drop(page, pdf);
  await expect(page.getByRole('alert')).toContainText(`letter.jpg was not added. ${en['pdf-file']}`);
  await ask(page, 'What is this?');
  await answered(page, 1);
});

/** The helpers of person.ts look for English names, so they cannot be used here. */
async function arriveAnyLanguage(page: Page): Promise<void> {
  await page.goto('/');
  await expect(page.getByRole('textbox').first()).toBeVisible();
}
