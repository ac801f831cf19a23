// Tests every way to add pictures, and the actions on them before and after asking.

import { expect, test, type JSHandle, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { addPictures, answered, arrive, ask, FIXTURE, PICTURES, question, attachments } from './person.ts';

/** Turns on Chromium's fake camera. */
test.use({
  permissions: ['camera'],
  launchOptions: async ({ launchOptions }, use) => {
    const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
    await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...camera] });
  },
});
test.beforeEach(async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 4 });
});

const names = (page: Page): Promise<string[]> =>
  attachments(page)
    .getByRole('button', { name: /^Look at / })
    .evaluateAll((all) => all.map((one) => one.getAttribute('title') ?? ''));

/** A file in a DataTransfer, in the form in which a browser passes it on a drop or a paste. */
async function transfer(page: Page, file: string): Promise<JSHandle<DataTransfer>> {
  const bytes = readFileSync(`${PICTURES}/${file}`).toString('base64');
  return page.evaluateHandle(
    ([name, data]) => {
      const content = Uint8Array.from(atob(data ?? ''), (char) => char.charCodeAt(0));
      const held = new DataTransfer();
      held.items.add(new File([content], name ?? '', { type: 'image/png' }));
      return held;
    },
    [file, bytes],
  );
}

test('the user drops pictures anywhere on the page @main', async ({ page }) => {
  const dataTransfer = await transfer(page, 'odd.png');
  await page.dispatchEvent('main', 'dragenter', { dataTransfer });
  await expect(page.getByText('Let go to add them')).toBeVisible();
  await page.dispatchEvent('main', 'drop', { dataTransfer });
  await expect(page.getByText('Let go to add them')).toBeHidden();
  await expect(page.getByRole('img', { name: 'odd.png' })).toBeVisible();
});

test('the user pastes a picture', async ({ page }) => {
  const clipboardData = await transfer(page, 'odd.png');
  await page.evaluate((held) => {
    window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: held, bubbles: true }));
  }, clipboardData);
  await expect(page.getByRole('img', { name: 'odd.png' })).toBeVisible();
});

test('the user takes a picture with the camera @main', async ({ page }) => {
  await page.getByRole('button', { name: 'Take a picture' }).click();
  await page.getByRole('button', { name: 'Take the picture' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('img', { name: /^camera / })).toBeVisible();
});

for (const [error, sentence] of [
  ['NotAllowedError', /The camera is blocked/],
  ['NotFoundError', /No camera was found/],
  ['NotReadableError', /Another program is using the camera/],
] as const) {
  test(`the page explains a camera that answers ${error}, and tries again on request`, async ({ page }) => {
    await page.evaluate((name) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', name));
    }, error);
    await page.getByRole('button', { name: 'Take a picture' }).click();
    await expect(page.getByRole('dialog').getByRole('status')).toHaveText(sentence);
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  });
}

test('the page explains that the camera was unplugged', async ({ page }) => {
  await page.getByRole('button', { name: 'Take a picture' }).click();
  await expect(page.getByRole('button', { name: 'Take the picture' })).toBeVisible();
  await page.locator('video').evaluate((video) => {
    if (!(video instanceof HTMLVideoElement) || !(video.srcObject instanceof MediaStream)) return;
    video.srcObject.getTracks().forEach((track) => track.dispatchEvent(new Event('ended')));
  });
  await expect(page.getByRole('dialog').getByRole('status')).toHaveText(/was unplugged/);
});

test('the user orders pictures by keys and buttons, and removes them', async ({ page }) => {
  await addPictures(page, 'odd.png', 'wide.png', 'tall.png');
  expect(await names(page)).toEqual(['odd.png', 'wide.png', 'tall.png']);
  await attachments(page).getByRole('button', { name: 'Look at tall.png' }).press('ArrowLeft');
  expect(await names(page)).toEqual(['odd.png', 'tall.png', 'wide.png']);
  await attachments(page).getByRole('button', { name: 'Look at odd.png' }).click();
  await page.getByRole('button', { name: 'Move odd.png back' }).click();
  expect(await names(page)).toEqual(['tall.png', 'odd.png', 'wide.png']);
  await attachments(page).getByRole('button', { name: 'Look at odd.png' }).press('Delete');
  expect(await names(page)).toEqual(['tall.png', 'wide.png']);
});

test('the page respects EXIF orientation @main', async ({ page }) => {
  await addPictures(page, 'turned.png');
  const picture = page.getByRole('img', { name: 'turned.png' });
  await expect(picture).toBeVisible();
  const [shown, file] = await picture.evaluate((image) => {
    if (!(image instanceof HTMLImageElement)) return [];
    return [image.clientWidth / image.clientHeight, image.naturalWidth / image.naturalHeight];
  });
  expect(shown).toBeCloseTo(file ?? 0, 1);
});

test('the user frames a part with the keyboard alone and asks about it; the part names its picture @main', async ({
  page,
}) => {
  await addPictures(page, 'wide.png');
  await page.getByRole('button', { name: 'Ask about a part' }).press('Enter');
  const region = page.getByRole('group', { name: 'Part to ask about' });
  await expect(region).toBeFocused();
  await region.press('ArrowRight');
  await region.press('Shift+ArrowLeft');
  await expect(region.getByRole('status')).toHaveText('from 27 % across and 25 % down to 75 % and 75 %');
  await region.press('Enter');
  await expect(page.getByRole('img', { name: 'part of wide.png' })).toBeVisible();
  expect(await names(page)).toEqual(['part of wide.png']);
  await expect(
    page.getByText('Your question will be about the framed part of wide.png alone.'),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Ask about the whole picture too' }).click();
  expect(await names(page)).toEqual(['wide.png', 'part of wide.png']);
  await ask(page, 'And here?');
  await answered(page, 1);
});

test('a question takes the framed part alone, and the user can ask about the whole picture instead', async ({
  page,
}) => {
  await addPictures(page, 'wide.png');
  await page.getByRole('button', { name: 'Ask about a part' }).click();
  await expect(
    page.getByText(/^Drag on the picture to frame a part.*the framed part of wide.png alone/),
  ).toBeVisible();
  await question(page).fill('What is here?');
  await question(page).press('Enter');
  await answered(page, 1);
  const asked = page.getByRole('article', { name: 'You asked' });
  await expect(asked.getByRole('button', { name: /^Look at / })).toHaveCount(1);
  await expect(asked.getByRole('button', { name: 'Look at part of wide.png' })).toBeVisible();
  await expect(asked.getByText('Asked about this part alone.')).toBeVisible();
  await expect(page.getByRole('img', { name: 'wide.png', exact: true })).toHaveCount(0);
  await asked.getByRole('button', { name: 'Ask about the whole picture' }).click();
  await expect(asked.getByRole('button', { name: 'Look at wide.png' })).toBeVisible();
  await answered(page, 1);
});

test('the user replaces a part by the whole picture again', async ({ page }) => {
  await addPictures(page, 'odd.png', 'wide.png');
  await page.getByRole('button', { name: 'Ask about a part' }).click();
  await page.getByRole('button', { name: 'Take this part' }).click();
  await expect.poll(() => names(page)).toEqual(['odd.png', 'part of wide.png']);
  await page.getByRole('button', { name: 'Back to the whole picture' }).click();
  await expect.poll(() => names(page)).toEqual(['odd.png', 'wide.png']);
});

test('the user frames a part by dragging, and zooms and moves the picture', async ({ page }) => {
  await addPictures(page, 'wide.png');
  const picture = page.getByRole('img', { name: 'wide.png' });
  const whole = await picture.boundingBox();
  if (whole === null) throw new Error('The picture is not shown.');
  await page.getByRole('button', { name: 'Ask about a part' }).click();
  await page.mouse.move(whole.x + whole.width * 0.1, whole.y + whole.height * 0.2);
  await page.mouse.down();
  await page.mouse.move(whole.x + whole.width * 0.6, whole.y + whole.height * 0.9, { steps: 4 });
  await page.mouse.up();
  const place = page.getByRole('group', { name: 'Part to ask about' }).getByRole('status');
  await expect(place).toHaveText('from 10 % across and 20 % down to 60 % and 90 %');
  await page.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('group', { name: 'wide.png' }).press('+');
  await expect.poll(async () => (await picture.boundingBox())?.width).toBeCloseTo(whole.width * 1.5, 0);
  await page.getByRole('button', { name: 'Whole picture' }).click();
  await expect.poll(async () => (await picture.boundingBox())?.width).toBeCloseTo(whole.width, 0);
});

test('the page does not ask the built-in model about more pictures than it takes, and explains the count', async ({
  page,
}) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 4 });
  const button = page.getByRole('button', { name: 'Ask', exact: true });
  await addPictures(page, 'wide.png', 'tall.png', 'odd.png');
  await expect(page.getByText('not more. Here are 3: remove some to ask.')).toBeVisible();
  await question(page).fill('What changed?');
  await expect(button).toBeDisabled();
  await question(page).press('Enter');
  await attachments(page).getByRole('button', { name: 'Remove odd.png' }).click();
  await expect(page.getByText('can compare 2 pictures')).toHaveCount(0);
  await expect(question(page)).toHaveValue('What changed?');
  await button.click();
  await answered(page, 1);

  // The pictures of the earlier question count towards the limit.
  await addPictures(page, 'odd.png');
  await expect(page.getByText('there would be 3: 2 came with earlier questions.')).toBeVisible();
  await question(page).fill('And this one?');
  await expect(button).toBeDisabled();
  await page.getByRole('button', { name: 'Ask in a new conversation' }).click();
  await expect(question(page)).toHaveValue('And this one?');
  expect(await names(page)).toEqual(['odd.png']);
  await button.click();
  await answered(page, 1);
});
