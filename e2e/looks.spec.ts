// Tests the look of the page: its name, its samples, each picture shown once, and hints that match the content.

import { expect, test, type Page } from '@playwright/test';
import { openSaved } from './imported.ts';
import { addPictures, arrive, FIXTURE, PICTURES, question, attachments } from './person.ts';
import { addMany } from './page-steps.ts';
import { openInState } from './states.ts';

test.use({ locale: 'en' });

const samples = (page: Page) => page.getByRole('button', { name: /^Sample (picture|clip)/ });

test('a phone shows the name of the page and its shield', async ({ page }) => {
  for (const width of [360, 320]) {
    await page.setViewportSize({ width, height: 640 });
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Darkroom');
    await expect(page.getByRole('heading', { level: 1 })).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole('button', { name: 'Privacy' })).toBeInViewport({ ratio: 1 });
    await expect(page.locator('header .model button')).toBeInViewport({ ratio: 1 });
  }
});

test('six samples name what they show, and the others appear on request', async ({ page }) => {
  await page.goto('/');
  await expect(samples(page)).toHaveCount(6);
  for (const caption of ['Road signs', 'Shapes', 'Find shapes', 'A gauge', 'Two pictures', 'A short clip']) {
    await expect(page.getByText(caption, { exact: true })).toBeVisible();
  }
  await page.getByRole('button', { name: 'More samples' }).press('Enter');
  await expect(samples(page)).toHaveCount(24);
  await expect(samples(page).nth(6)).toBeFocused();
});

test('the page shows no samples beside the user’s own picture', async ({ page }) => {
  await page.goto('/');
  await samples(page).first().click();
  await expect(attachments(page).getByRole('button', { name: /^Look at/ })).toBeVisible();
  await expect(samples(page)).toHaveCount(6);
  await page.getByLabel('Add pictures').first().setInputFiles(`${PICTURES}/odd.png`);
  await expect(attachments(page).getByRole('button', { name: 'Look at odd.png' })).toBeVisible();
  await expect(samples(page)).toHaveCount(0);
});

test('the strip does not show the pictures of the next question a second time', async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm' });
  await openSaved(page, { answer: 'Two.', pictures: ['odd.png', 'wide.png'] });
  const strip = page.getByRole('list', { name: 'All pictures' }).getByRole('button');
  await expect(strip).toHaveCount(2);
  await addPictures(page, 'tall.png', 'second.png');
  await expect(strip).toHaveCount(2);
  // The large view covers the next question's pictures, so the strip must show them as well.
  await page.getByRole('button', { name: 'Large view' }).click();
  await expect(strip).toHaveCount(4);
});

test('a small picture has one button on it; the buttons that change the order are beside the row', async ({
  page,
}) => {
  await page.goto('/');
  await addMany(page, 3);
  const inside = attachments(page).getByRole('listitem').first().getByRole('button');
  await expect(inside).toHaveCount(2); // the picture itself, and the button that removes it
  await expect(page.getByRole('button', { name: 'Move card-3.png forward' })).toBeEnabled();
  await expect(page.getByRole('button', { name: 'Move card-3.png back' })).toBeDisabled();
});

test('the hint says how many pictures, clips or files are asked about', async ({ page }) => {
  await page.goto('/');
  await expect(question(page)).toHaveAttribute('placeholder', 'Ask about a picture');
  await addMany(page, 1);
  await expect(question(page)).toHaveAttribute('placeholder', 'Ask about the picture');
  await addMany(page, 3);
  await expect(question(page)).toHaveAttribute('placeholder', 'Ask about 4 pictures');
});

test('the words in the box for pictures keep a distance from its edge in a low window', async ({ page }) => {
  for (const size of [
    { width: 844, height: 390 },
    { width: 480, height: 320 },
  ]) {
    await page.setViewportSize(size);
    await page.goto('/');
    const words = page.getByText('Drop pictures or short clips here');
    await expect(words).toBeVisible();
    const margin = await words.evaluate((inner) => {
      const outer = inner.closest('button')?.getBoundingClientRect();
      return outer === undefined ? 0 : inner.getBoundingClientRect().top - outer.top;
    });
    expect(margin).toBeGreaterThanOrEqual(4);
  }
});

test('a new button in the header does not move the others', async ({ page }) => {
  // Hold back the model, and with it the button of its experts, until `letCome` is called.
  let letCome = (): void => undefined;
  const comes = new Promise<void>((resolve) => (letCome = resolve));
  await page.route(/inference\.worker[^/]*\.js/, async (route) => {
    await comes;
    await route.continue();
  });
  await page.goto('/');
  const places = () =>
    Promise.all(
      ['Conversations', 'Privacy', 'Settings'].map((name) =>
        page.getByRole('button', { name }).boundingBox(),
      ),
    );
  const experts = page.getByRole('button', { name: 'Experts at work' });
  await expect(page.getByRole('button', { name: 'Settings' })).toBeVisible();
  await expect(experts).toHaveCount(0);
  const before = await places();
  letCome();
  await addMany(page, 1);
  await expect(page.getByRole('button', { name: 'New conversation' })).toBeVisible();
  await expect(experts).toBeVisible();
  expect(await places()).toEqual(before);
});

test('a phone shows the buttons for zooming in and out', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/');
  await addMany(page, 1);
  const out = page.getByRole('button', { name: 'Zoom out' });
  await expect(out).toBeDisabled();
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await out.click();
  await expect(out).toBeDisabled();
});

test('the user saves a clip unchanged, and watches it over the whole page', async ({ page }) => {
  await openInState(page, 'clip');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the clip' }).click();
  expect((await saving).suggestedFilename()).toBe('desk.webp');
  const stage = page.getByRole('region', { name: 'Picture', exact: true });
  await page.getByRole('button', { name: 'Large view' }).click();
  await expect.poll(() => stage.boundingBox()).toMatchObject(page.viewportSize() ?? {});
  await page.getByRole('button', { name: 'Leave the large view' }).click();
  await expect(question(page)).toBeInViewport();
});

test('a white picture has an edge on white', async ({ page }) => {
  await page.goto('/');
  await addMany(page, 1);
  const edge = page.getByRole('img', { name: 'card-1.png' });
  await expect(edge).toHaveCSS('outline-style', 'solid');
  await expect(edge).toHaveCSS('outline-width', '1px');
});

test('the settings offer three styles with plain names, and show the values of the user’s own style', async ({
  page,
}) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Settings' }).click();
  const panel = page.getByRole('dialog', { name: 'Settings' });
  await expect(panel.getByRole('radio')).toHaveCount(3);
  await expect(panel.getByLabel('Temperature')).toBeHidden();
  await panel.getByRole('radio', { name: /^Custom/ }).check();
  await expect(panel.getByLabel('Temperature')).toBeVisible();
});

test('a user who once chose the style for questions without pictures keeps its values', async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem('darkroom.settings', '{"preset":"text"}'));
  await page.goto('/');
  await page.getByRole('button', { name: 'Settings' }).click();
  await expect(page.getByRole('radio', { name: /^Custom/ })).toBeChecked();
  await expect(page.getByLabel('Top-k')).toHaveValue('40');
});
