// Tests that the keyboard alone leads from the opened page to an answer, to the library and back. The focus must never
// be lost, and a screen reader must find each answer exactly once.

import { expect, test, type Page } from '@playwright/test';
import { openSaved } from './imported.ts';
import {
  addPictures,
  answered,
  answers,
  arrive,
  ask,
  attachments,
  ENDLESS,
  FIXTURE,
  question,
} from './person.ts';
import { sampleOf } from './samples.ts';
import { openInState } from './states.ts';

test.use({ serviceWorkers: 'block', locale: 'en' });

const [{ words: QUESTION, answer: RIGHT }] = sampleOf('signs').questions;

/** The name of the focused element; 'nothing' if no element but the page itself has the focus. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body) return 'nothing';
    return activeElement.getAttribute('aria-label') ?? activeElement.textContent.trim();
  });

/** Waits until an element has the focus after the last key press. */
async function expectFocus(page: Page, after: string): Promise<void> {
  await expect.poll(() => focused(page), { message: `the focus after: ${after}` }).not.toBe('nothing');
}

/** Presses Tab until the element with this name has the focus. */
async function tabTo(page: Page, name: string | RegExp, most = 40): Promise<void> {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (typeof name === 'string' ? now === name : name.test(now)) return;
  }
  throw new Error(`No Tab leads to ${String(name)}; the focus is on ${await focused(page)}.`);
}

test('the first Tab leads past everything to the question', async ({ page }) => {
  await page.goto('/');
  await expect(question(page)).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Skip to the question' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(question(page)).toBeFocused();
});

test('the keyboard leads from the opened page to an answer, to the library and back, without losing the focus @main', async ({
  page,
}) => {
  await arrive(page, { model: 'demo', backend: 'wasm' });
  await tabTo(page, /^Sample picture: Road signs/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: QUESTION, exact: true })).toBeVisible();
  await expectFocus(page, 'choosing a sample');
  await page.keyboard.press('Shift+Tab');
  await expectFocus(page, 'going back to its questions');
  await page.getByRole('button', { name: QUESTION, exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(answers(page)).toHaveCount(1);
  await expect(question(page)).toBeFocused();
  await answered(page, 1);
  await expect(question(page)).toBeFocused();

  await page.keyboard.press('Shift+Tab');
  await expectFocus(page, 'going back from the field');
  await page.locator('header .model button').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Models' })).toBeVisible();
  await expectFocus(page, 'opening the library');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.locator('header .model button')).toBeFocused();
});

test('a removed element passes the focus on to its neighbour', async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 4 });
  await addPictures(page, 'odd.png', 'wide.png', 'tall.png');
  const look = (name: string) => attachments(page).getByRole('button', { name: `Look at ${name}` });
  await look('odd.png').press('Delete');
  await expect(look('wide.png')).toBeFocused();
  await attachments(page).getByRole('button', { name: 'Remove wide.png' }).press('Enter');
  await expectFocus(page, 'removing a picture of two');
  await attachments(page).getByRole('button', { name: 'Remove tall.png' }).press('Enter');
  await expect(attachments(page)).toHaveCount(0);
  await expectFocus(page, 'removing the last picture');

  const broken = { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') };
  await page.getByLabel('Add pictures').first().setInputFiles(broken);
  await page.getByRole('button', { name: 'Dismiss' }).press('Enter');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expectFocus(page, 'dismissing a refusal');

  await page.getByRole('button', { name: 'Take a picture' }).press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Take a picture' })).toBeFocused();
});

test('the buttons that ask and stop keep the focus', async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: ENDLESS });
  await question(page).fill('Describe everything.');
  await page.getByRole('button', { name: 'Ask', exact: true }).press('Enter');
  await expect(answers(page)).toHaveCount(1);
  await expectFocus(page, 'asking');
  await page.getByRole('button', { name: 'Stop', exact: true }).press('Enter');
  await expect(answers(page).getByText('Stopped.')).toBeVisible();
  await expectFocus(page, 'stopping');
  await page.getByRole('button', { name: 'Answer again' }).press('Enter');
  await expectFocus(page, 'asking again');
  await page.getByRole('button', { name: 'Stop', exact: true }).press('Enter');
  await expect(answers(page).getByText('Stopped.')).toBeVisible();
  await page.getByRole('button', { name: 'Edit the question' }).press('Enter');
  await expect(page.getByRole('textbox', { name: 'Edit the question' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expectFocus(page, 'leaving the edited question');
  await page.getByRole('button', { name: 'New conversation' }).press('Enter');
  await expect(answers(page)).toHaveCount(0);
  await expect(question(page)).toBeFocused();
});

test('the keyboard reaches code, tables and notices that scroll, and skips the others', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto('/');
  await page.getByRole('button', { name: 'More', exact: true }).click();
  const long = 'word '.repeat(60);
  const cells = 'column | '.repeat(20);
  const table = `| ${cells}\n| ${'--- | '.repeat(20)}\n| ${cells}`;
  const answer = await openSaved(page, {
    answer: `\`\`\`\n${long}\n\`\`\`\n\n${table}\n\n\`\`\`\nshort\n\`\`\``,
  });
  await expect(answer.locator('pre').first()).toHaveAttribute('tabindex', '0');
  await expect(answer.locator('pre').last()).toHaveAttribute('tabindex', '-1');
  await expect(answer.getByRole('region')).toHaveAttribute('tabindex', '0');
});

test('the focus stays in the panel when the user deletes a kept conversation', async ({ page }) => {
  await openInState(page, 'history');
  const panel = page.getByRole('dialog', { name: 'Conversations' });
  const isInside = () => panel.evaluate((dialog) => dialog.contains(document.activeElement));
  await panel.getByRole('button', { name: /^Delete “/ }).press('Enter');
  await expect.poll(isInside, 'while it is asked').toBe(true);
  await panel.getByRole('button', { name: 'Delete', exact: true }).press('Enter');
  await expect(panel.getByRole('button', { name: /^Open “/ })).toHaveCount(0);
  await expect.poll(isInside, 'after it was deleted').toBe(true);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expectFocus(page, 'closing the panel');
});

test('a panel that the user opened from a phone’s menu gives the focus back to the menu', async ({
  page,
}) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto('/');
  await page.getByRole('button', { name: 'More', exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Settings' }).press('Enter');
  await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'More', exact: true })).toBeFocused();
});

/** All texts that a screen reader finds on the page. */
async function spokenTexts(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes
    .filter(({ ignored, role }) => !ignored && role?.value === 'StaticText')
    .map(({ name }) => String(name?.value ?? ''));
}

test('the accessibility tree holds each answer once', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm' });
  await page.getByRole('button', { name: /^Sample picture: Road signs/ }).click();
  await page.getByRole('button', { name: QUESTION, exact: true }).click();
  await answered(page, 1);
  const [, { words, answer }] = sampleOf('signs').questions;
  await ask(page, words);
  await answered(page, 2);
  for (const text of [RIGHT, answer]) {
    await expect
      .poll(async () => (await spokenTexts(page)).filter((one) => one.includes(text)).length, text)
      .toBe(1);
  }
});
