// Tests that hasty decisions can be undone, and that unconfirmed ones do not stay pending.

import { expect, test } from '@playwright/test';
import { addPictures, answers, question, tabRecords, attachments } from './person.ts';
import { openInState } from './states.ts';

test.use({ serviceWorkers: 'block', locale: 'en' });

test('the user can undo “New conversation” until the next one begins', async ({ page }) => {
  await openInState(page, 'answered');
  const undo = page.getByRole('button', { name: 'Undo' });
  await addPictures(page, 'wide.png');
  await page.getByRole('button', { name: 'New conversation' }).click();
  await expect(answers(page)).toHaveCount(0);
  await question(page).fill('');
  // No record of the conversation is left in storage.
  await expect.poll(() => tabRecords(page)).toBe(0);
  await undo.click();
  await expect(answers(page)).toHaveCount(2);
  await expect(page.getByRole('img', { name: 'wide.png' })).toBeVisible();
  await expect(attachments(page).getByRole('button', { name: 'Remove wide.png' })).toBeVisible();
  await page
    .getByRole('article', { name: 'You asked' })
    .getByRole('button', { name: /^Look at / })
    .click();
  await expect(page.getByRole('img', { name: 'desk.png' })).toHaveJSProperty('naturalWidth', 1200);
  await expect(undo).toHaveCount(0);

  await page.getByRole('button', { name: 'New conversation' }).click();
  await expect(undo).toBeVisible();
  await page
    .getByRole('button', { name: /^Sample picture/ })
    .first()
    .click();
  await page.getByRole('group', { name: 'Ask about it' }).getByRole('button').first().click();
  await expect(answers(page)).toHaveCount(1);
  await expect(undo).toHaveCount(0);
});

test('the page warns a user who edits an early question that the later ones are set aside', async ({
  page,
}) => {
  await openInState(page, 'answered');
  const asked = page.getByRole('article', { name: 'You asked' });
  const field = page.getByRole('textbox', { name: 'Edit the question' });
  const warning = /^Asking again sets aside the question that followed/;
  await asked.first().getByRole('button', { name: 'Edit the question' }).click();
  await expect(page.getByText(warning)).toBeVisible();
  await expect(field).toHaveAccessibleDescription(warning);
  await field.press('Escape');
  await expect(page.getByText(warning)).toHaveCount(0);
  // No answers follow the last question, so editing it needs no warning.
  await asked.last().getByRole('button', { name: 'Edit the question' }).click();
  await expect(field).toBeVisible();
  await expect(page.getByText(warning)).toHaveCount(0);
});

test('a deletion that the user did not confirm does not wait in a closed panel', async ({ page }) => {
  await openInState(page, 'history');
  const panel = page.getByRole('dialog', { name: 'Conversations' });
  await panel.getByRole('button', { name: 'Delete all' }).click();
  await expect(panel.getByText('Delete all of them for good?')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await page.getByRole('button', { name: 'Conversations' }).click();
  await expect(panel.getByRole('button', { name: 'Delete all' })).toBeVisible();
  await expect(panel.getByText('Delete all of them for good?')).toHaveCount(0);
});

test('the question before everything is erased is in view, and is gone when the panel opens again', async ({
  page,
}) => {
  await page.setViewportSize({ width: 900, height: 560 });
  await openInState(page, 'privacy');
  const panel = page.getByRole('dialog', { name: 'Privacy' });
  await panel.getByRole('button', { name: 'Erase all of it' }).click();
  await expect(panel.getByRole('button', { name: 'Erase now' })).toBeInViewport({ ratio: 0.9 });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Privacy' }).click();
  await expect(panel.getByRole('button', { name: 'Erase all of it' })).toBeVisible();
});

test('the page says that it keeps conversations, and where, after the user agrees', async ({ page }) => {
  await openInState(page, 'answered');
  await page.getByRole('button', { name: 'Keep them' }).click();
  await expect(page.getByText('You find them under “Conversations”.')).toBeVisible();
  await page.getByRole('button', { name: 'OK', exact: true }).click();
  await expect(page.getByText('You find them under “Conversations”.')).toHaveCount(0);
});
