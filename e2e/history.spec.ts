// Tests the history: the page keeps no conversation before the user agrees; then conversations are kept, reopened,
// exported, imported and deleted for good.

import { expect, test, type Locator, type Page } from '@playwright/test';
import { beginAnew } from './person.ts';
import { openInState } from './states.ts';

test.use({ serviceWorkers: 'block', locale: 'en' });

const panel = (page: Page): Locator => page.getByRole('dialog', { name: 'Conversations' });
const TITLE = 'What is on the desk? Show me where.';

async function openHistory(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Conversations' }).click();
  await expect(panel(page)).toBeVisible();
}

async function closePanel(page: Page): Promise<void> {
  await panel(page).getByRole('button', { name: 'Close' }).click();
  await expect(panel(page)).toBeHidden();
}

test('the history keeps an imported conversation after the user agrees, across visits, and deletes it for good @main', async ({
  page,
}) => {
  await openInState(page, 'answered');
  await openHistory(page);
  await expect(panel(page)).toContainText('Nothing is kept.');
  await panel(page).getByRole('switch').check();
  await expect(panel(page).getByRole('button', { name: `Open “${TITLE}”` })).toBeVisible();

  await closePanel(page);
  await beginAnew(page);
  await page.reload();
  await openHistory(page);
  await panel(page)
    .getByRole('button', { name: `Open “${TITLE}”` })
    .click();
  await expect(page.getByText('in front of the mug')).toBeVisible();

  await openHistory(page);
  await panel(page).getByRole('button', { name: 'Delete all' }).click();
  await panel(page).getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(panel(page)).toContainText('Nothing is kept.');
});

test('the page opens a conversation that was exported as JSON; the Markdown export has its picture @main', async ({
  page,
}) => {
  await openInState(page, 'answered');
  await openHistory(page);
  const [json] = await Promise.all([
    page.waitForEvent('download'),
    panel(page).getByRole('button', { name: 'Save as JSON' }).click(),
  ]);
  expect(json.suggestedFilename()).toBe('What-is-on-the-desk-Show-me-where.json');
  const [zip] = await Promise.all([
    page.waitForEvent('download'),
    panel(page).getByRole('button', { name: 'Save as Markdown' }).click(),
  ]);
  expect(zip.suggestedFilename()).toMatch(/\.zip$/);

  await closePanel(page);
  await beginAnew(page);
  await page.reload();
  await openHistory(page);
  await panel(page)
    .getByLabel('Open a saved JSON file')
    .setInputFiles(await json.path());
  await expect(page.getByText('in front of the mug')).toBeVisible();
});

test('the page reports a file that is no conversation, and nothing changes', async ({ page }) => {
  await openInState(page, 'answered');
  await openHistory(page);
  const buffer = Buffer.from('{"format":"other"}');
  await panel(page)
    .getByLabel('Open a saved JSON file')
    .setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer });
  await expect(panel(page).getByRole('alert')).toContainText('not a conversation');
  await panel(page).getByRole('button', { name: 'Close' }).click();
  await expect(page.getByText('in front of the mug')).toBeVisible();
});

test('a search shows its words in their context, or that there are none; the open conversation is marked', async ({
  page,
}) => {
  await openInState(page, 'history');
  const kept = panel(page).getByRole('button', { name: `Open “${TITLE}”` });
  await expect(kept).toHaveAttribute('aria-current', 'true');
  const search = panel(page).getByRole('searchbox');
  await search.fill('lined');
  await expect(kept).toContainText('Its open page is lined');
  await search.fill('submarine');
  await expect(panel(page).getByText('No conversation here has these words.')).toBeVisible();
});
