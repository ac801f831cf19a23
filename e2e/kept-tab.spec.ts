// Tests that the conversation, the draft and the pictures survive a reload, Back and a killed page. Also tests that
// Back closes panels, and that the records of a tab are erased when they are no longer needed.

import { expect, test, type Page } from '@playwright/test';
import {
  addPictures,
  answered,
  answers,
  arrive,
  ask,
  beginAnew,
  FIXTURE,
  question,
  said,
  tabRecords,
  attachments,
} from './person.ts';

test.use({ serviceWorkers: 'block', locale: 'en' });

const CHOICES = { model: FIXTURE, backend: 'wasm', maxTokens: 8 } as const;
const offer = (page: Page) => page.getByText('Go on with your last conversation?');

/**
 * Gets an answer about one picture, and then types part of a question about another. Returns the text of the answer.
 */
async function fill(page: Page): Promise<string> {
  await addPictures(page, 'odd.png');
  await ask(page, 'What is this?');
  const first = await said(await answered(page, 1));
  await addPictures(page, 'wide.png');
  await question(page).fill('And what is');
  return first;
}

async function expectAll(page: Page, first: string): Promise<void> {
  await expect(answers(page)).toHaveCount(1);
  expect(await said(answers(page))).toBe(first);
  await expect(question(page)).toHaveValue('And what is');
  await expect(attachments(page).getByRole('button', { name: 'Look at wide.png' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Look at odd.png' })).toBeVisible();
}

/** Waits for all four records: the draft, the conversation and two pictures. */
const allStored = (page: Page) => expect.poll(() => tabRecords(page)).toBe(4);

test('a reload and Back keep conversation, draft and pictures; a new conversation erases them @main', async ({
  page,
}) => {
  await page.goto('about:blank');
  await arrive(page, CHOICES);
  const first = await fill(page);
  await allStored(page);
  await page.reload();
  await expectAll(page, first);
  await page.goto('about:blank');
  await page.goBack();
  await expectAll(page, first);
  // The model can also read the restored pictures.
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await answered(page, 2);
  await page.reload();
  await expect(answers(page)).toHaveCount(2);
  await beginAnew(page);
  await page.reload();
  await expect(question(page)).toBeEnabled();
  await expect(answers(page)).toHaveCount(0);
  await expect(offer(page)).toHaveCount(0);
});

test('the page keeps the last letters before a reload', async ({ page }) => {
  await arrive(page, CHOICES);
  await question(page).pressSequentially('How many');
  await page.reload();
  await expect(question(page)).toHaveValue('How many');
});

/** Kills the page's process, as a phone does when it needs memory. */
async function kill(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  session.send('Page.crash').catch(() => undefined);
  await crashed;
}

test('the next page offers the contents of a killed page, and continues with them', async ({
  page,
  context,
}) => {
  await arrive(page, CHOICES);
  const first = await fill(page);
  await allStored(page);
  await kill(page);
  const next = await context.newPage();
  await arrive(next, CHOICES);
  await expect(offer(next)).toBeVisible();
  await expect(next.getByRole('status').filter({ hasText: 'What is this?' })).toBeVisible();
  await next.getByRole('button', { name: 'Go on' }).click();
  await expectAll(next, first);
  await next.reload();
  await expectAll(next, first);
});

test('the page offers a tab that was killed right after Back, even if its mark of leaving remains', async ({
  page,
  context,
}) => {
  await page.goto('about:blank');
  await arrive(page, CHOICES);
  const first = await fill(page);
  await allStored(page);
  const marks = () =>
    page.evaluate(() => Object.entries(localStorage).filter(([name]) => name.includes('left:')));
  await page.goto('about:blank');
  const elsewhere = await context.newPage();
  await elsewhere.goto('/');
  const left = await elsewhere.evaluate(() =>
    Object.entries<string>(localStorage).filter(([name]) => name.includes('left:')),
  );
  expect(left).toHaveLength(1);
  await page.goBack();
  await expectAll(page, first);
  await expect.poll(marks).toEqual([]);
  await kill(page);
  // A browser writes local storage to disk seconds later; if it is killed before that, the `left:` mark remains.
  await elsewhere.evaluate((marks) => marks.forEach(([name, at]) => localStorage.setItem(name, at)), left);
  await elsewhere.close();
  const next = await context.newPage();
  await arrive(next, CHOICES);
  await expect(offer(next)).toBeVisible();
});

test('declined contents are erased, in Chinese too', async ({ page, context }) => {
  await arrive(page, CHOICES);
  await fill(page);
  await allStored(page);
  await kill(page);
  const next = await context.newPage();
  await arrive(next, CHOICES);
  await next.getByLabel('Language').selectOption('中文');
  await expect(next.getByText('继续上次的对话吗？')).toBeVisible();
  await next.getByRole('button', { name: '清除', exact: true }).click();
  await expect.poll(() => tabRecords(next)).toBe(0);
  await next.reload();
  await expect(next.getByRole('textbox', { name: '问题' })).toBeVisible();
  await expect(next.getByText('继续上次的对话吗？')).toHaveCount(0);
});

test('the page does not offer the contents of a closed tab, and erases them when Back can no longer reach it', async ({
  page,
  context,
}) => {
  await arrive(page, CHOICES);
  await fill(page);
  await allStored(page);
  await page.close({ runBeforeUnload: true });
  const next = await context.newPage();
  await arrive(next, CHOICES);
  await expect(next.getByRole('button', { name: 'Conversations' })).toBeVisible();
  await next.waitForFunction(() => sessionStorage.getItem('darkroom-tab') !== null);
  await expect(offer(next)).toHaveCount(0);
  expect(await tabRecords(next)).toBe(4);
  const later = await context.newPage();
  await later.addInitScript(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 16 * 60_000;
  });
  await arrive(later, CHOICES);
  await expect.poll(() => tabRecords(later)).toBe(0);
  await expect(offer(later)).toHaveCount(0);
});

test('two tabs keep their contents apart, even if one is a copy of the other', async ({ page, context }) => {
  await arrive(page, CHOICES);
  await question(page).fill('mine');
  const id = await page.evaluate(() => sessionStorage.getItem('darkroom-tab') ?? '');
  await expect.poll(() => tabRecords(page)).toBe(2);
  const copy = await context.newPage();
  // A browser that duplicates a tab also copies its session storage.
  await copy.addInitScript((tab) => {
    if (sessionStorage.getItem('darkroom-tab') === null) sessionStorage.setItem('darkroom-tab', tab);
  }, id);
  await arrive(copy, CHOICES);
  await expect(question(copy)).toHaveValue('mine');
  await question(copy).fill('yours');
  await expect.poll(() => tabRecords(copy)).toBe(4);
  await page.reload();
  await expect(question(page)).toHaveValue('mine');
  await copy.reload();
  await expect(question(copy)).toHaveValue('yours');
});

test('the page stores the bytes of Blobs if the browser stores no Blobs', async ({ page }) => {
  await page.addInitScript(() => {
    const hasBlob = (value: unknown): boolean =>
      value instanceof Blob ||
      (typeof value === 'object' && value !== null && Object.values(value).some(hasBlob));
    // eslint-disable-next-line @typescript-eslint/unbound-method
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value: unknown, key?: IDBValidKey) {
      if (hasBlob(value)) throw new DOMException('no Blobs here', 'DataError');
      return put.call(this, value, key);
    };
  });
  await arrive(page, CHOICES);
  const first = await fill(page);
  await allStored(page);
  await page.reload();
  await expectAll(page, first);
});

test('Back closes the layers over the page, and does not leave the page', async ({ page }) => {
  await page.goto('about:blank');
  await arrive(page, CHOICES);
  await addPictures(page, 'odd.png');
  const dialog = page.getByRole('dialog');
  for (const name of ['Conversations', 'Privacy', 'Settings', /Which model answers|dense-tied/]) {
    await page.getByRole('button', { name }).first().click();
    await expect(dialog).toBeVisible();
    await page.goBack();
    await expect(dialog).toHaveCount(0);
    await expect(question(page)).toBeVisible();
  }
  await page.getByRole('button', { name: 'Large view' }).click();
  await expect(page.locator('.stage.large')).toBeVisible();
  await page.goBack();
  await expect(page.locator('.stage.large')).toHaveCount(0);
  // A panel that is closed with Escape or its button leaves no history entry behind, so that the next Back leaves the
  // page.
  for (const close of ['Escape', 'button']) {
    await page.getByRole('button', { name: 'Settings' }).click();
    await expect(dialog).toBeVisible();
    if (close === 'Escape') await page.keyboard.press('Escape');
    else await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(dialog).toHaveCount(0);
    await expect.poll(() => page.evaluate(() => history.state as unknown)).toBeNull();
  }
  await page.getByRole('button', { name: 'Settings' }).click();
  await expect(dialog).toBeVisible();
  await page.reload();
  await expect(question(page)).toBeVisible();
  await expect.poll(() => page.evaluate(() => history.state as unknown)).toBeNull();
  await page.goBack();
  await expect(page).toHaveURL('about:blank');
});

test('Back closes the menu on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 780 });
  await page.goto('about:blank');
  await arrive(page, CHOICES);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await expect(page.locator('#page-tools')).toBeVisible();
  await page.goBack();
  await expect(page.locator('#page-tools')).toBeHidden();
  await expect(question(page)).toBeVisible();
  // Opening a panel from the menu adds one history entry, and one Back closes the panel.
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('button', { name: 'Settings' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(question(page)).toBeVisible();
});

test('a question that is sent while a file is read waits for it, visibly, and can be taken back', async ({
  page,
}) => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  await page.route(/media\.worker[^/]*\.js/, async (route) => {
    await opened;
    await route.continue();
  });
  await arrive(page, CHOICES);
  await page.getByLabel('Add pictures').first().setInputFiles('tools/reference/pictures/odd.png');
  await expect(page.getByText('Reading a file…')).toBeVisible();
  await question(page).fill('What is this?');
  await question(page).press('Enter');
  const waits = page.getByText('Asked as soon as the file is open.');
  await expect(waits).toBeVisible();
  await page.getByRole('button', { name: 'Do not ask yet' }).click();
  await expect(waits).toHaveCount(0);
  await question(page).press('Enter');
  await expect(waits).toBeVisible();
  open();
  const answer = await answered(page, 1);
  await expect(waits).toHaveCount(0);
  await expect(answer).toBeVisible();
  await expect(question(page)).toHaveValue('');
  await expect(
    page.getByRole('article', { name: 'You asked' }).getByRole('button', { name: 'Look at odd.png' }),
  ).toBeVisible();
});

test('the page offers the history once; the history finds words, and shows pictures', async ({ page }) => {
  await arrive(page, CHOICES);
  await addPictures(page, 'odd.png');
  await ask(page, 'What is this?');
  await answered(page, 1);
  const notice = page.getByText('Keep conversations on this device? They stay here');
  await expect(notice).toBeVisible();
  await page.getByRole('button', { name: 'Keep them' }).click();
  await expect(notice).toHaveCount(0);
  await beginAnew(page);
  await ask(page, 'Another one');
  await answered(page, 1);
  await expect(notice).toHaveCount(0);
  await page.getByRole('button', { name: 'Conversations' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).not.toContainText('Off:');
  const cards = dialog.getByRole('button', { name: /^Open “/ });
  await expect(cards).toHaveCount(2);
  const picture = dialog.getByRole('button', { name: 'Open “What is this?”' }).locator('img');
  await expect.poll(() => picture.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBeGreaterThan(0);
  await dialog.getByRole('searchbox').fill('ANOTHER');
  await expect(cards).toHaveCount(1);
  await expect(dialog.getByText('1 of 2')).toBeVisible();
  await dialog.getByRole('searchbox').fill('nowhere');
  await expect(cards).toHaveCount(0);
  await page.keyboard.press('Escape');
});
