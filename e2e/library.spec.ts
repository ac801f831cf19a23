// The library as a person meets it: a model is asked for, arrives, is checked, removed, comes from a
// folder; a link asks first.

import { expect, test, type Locator, type Page } from '@playwright/test';

const MODEL = 'dense-tied-exact';
const PACKAGE = `/packages/${MODEL}/`;
const FOLDER = `.cache/fixture-packages/${MODEL}`;

// Requests are watched and held up here.
test.use({ serviceWorkers: 'block' });

const panel = (page: Page): Locator => page.getByRole('dialog', { name: 'Models' });
const row = (page: Page): Locator => panel(page).getByRole('article', { name: MODEL });

async function openLibrary(page: Page): Promise<void> {
  await page.locator('header .model button').click();
  await expect(panel(page)).toBeVisible();
}

/** Requests for weights so far. */
function watchShards(page: Page): string[] {
  const shards: string[] = [];
  page.context().on('request', (request) => {
    if (new URL(request.url()).pathname.startsWith(PACKAGE)) shards.push(request.url());
  });
  return shards;
}

/** As if the disk had lost the model's largest file. */
async function loseShard(page: Page): Promise<void> {
  await page.evaluate(
    (model) =>
      new Promise<void>((resolve) => {
        const open = indexedDB.open('darkroom-weights');
        open.onsuccess = () => {
          const change = open.result.transaction('entries', 'readwrite');
          const store = change.objectStore('entries');
          const [keys, values] = [store.getAllKeys(), store.getAll()];
          values.onsuccess = () => {
            const sizes = values.result.map((value: unknown, index) => {
              const key = JSON.stringify(keys.result[index]);
              const isFile = key.startsWith('["file"') && key.includes(model);
              return isFile && value instanceof Blob ? value.size : 0;
            });
            store.delete(keys.result[sizes.indexOf(Math.max(...sizes))]!);
          };
          change.oncomplete = () => resolve();
        };
      }),
    MODEL,
  );
}

test('a link asks before it fetches anything, and a No is respected', async ({ page }) => {
  const asked = watchShards(page);
  await page.goto(`/?model=${PACKAGE}`);
  await expect(panel(page)).toContainText(`A link asks for the model ${MODEL}`);
  await panel(page).getByRole('button', { name: 'Not now' }).click();
  await expect(panel(page).getByText('A link asks')).toHaveCount(0);
  expect(asked).toEqual([]);
});

test('a model arrives, answers, is checked, is removed with its bytes', async ({ page }) => {
  await page.goto(`/?model=${PACKAGE}`);
  await panel(page).getByRole('button', { name: 'Download', exact: true }).first().click();
  await expect(row(page).getByText('Answers now')).toBeVisible();
  await row(page)
    .getByRole('button', { name: `Check ${MODEL}` })
    .click();
  await expect(row(page).getByText(/files are sound/)).toBeVisible();

  await page.goto('/');
  await openLibrary(page);
  await expect(row(page).getByText('Answers now'), 'the choice is remembered').toBeVisible();
  await row(page)
    .getByRole('button', { name: `Remove ${MODEL}` })
    .click();
  await row(page).getByRole('button', { name: 'Keep' }).click();
  await row(page)
    .getByRole('button', { name: `Remove ${MODEL}` })
    .click();
  await row(page).getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(row(page).getByRole('button', { name: 'Download' })).toBeVisible();
  const kept = await page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const open = indexedDB.open('darkroom-weights');
        open.onsuccess = () => {
          const keys = open.result.transaction('entries').objectStore('entries').getAllKeys();
          keys.onsuccess = () => resolve(keys.result.map(String));
        };
      }),
  );
  expect(kept.filter((key) => key.includes(MODEL))).toEqual([]);
});

test('a damaged model is found and repaired by what is missing alone', async ({ page }) => {
  await page.goto(`/?model=${PACKAGE}`);
  await panel(page).getByRole('button', { name: 'Download', exact: true }).first().click();
  await expect(row(page).getByText('Answers now')).toBeVisible();
  await loseShard(page);
  await row(page)
    .getByRole('button', { name: `Check ${MODEL}` })
    .click();
  await expect(row(page).getByText('One file is damaged or missing.')).toBeVisible();
  const asked = watchShards(page);
  await row(page).getByRole('button', { name: 'Repair' }).click();
  await expect(row(page).getByRole('button', { name: `Check ${MODEL}` })).toBeVisible();
  await row(page)
    .getByRole('button', { name: `Check ${MODEL}` })
    .click();
  await expect(row(page).getByText(/files are sound/)).toBeVisible();
  expect(asked.filter((url) => !url.endsWith('manifest.json')).length).toBeLessThanOrEqual(1);
});

test('what the disk lost is brought again, alone, when the model is loaded', async ({ page }) => {
  await page.goto(`/?model=${PACKAGE}`);
  await panel(page).getByRole('button', { name: 'Download', exact: true }).first().click();
  await expect(row(page).getByText('Answers now')).toBeVisible();
  await loseShard(page);
  const asked = watchShards(page);
  await page.goto('/');
  await openLibrary(page);
  // The model counts as chosen before its weights are looked for; once they are here, nothing else is asked.
  const files = (): string[] => asked.filter((url) => !url.endsWith('manifest.json'));
  await expect.poll(files).toHaveLength(1);
  await expect(row(page).getByText('Answers now')).toBeVisible();
  expect(files()).toHaveLength(1);
});

test('a folder of this computer becomes a model', async ({ page }) => {
  await page.goto('/');
  await openLibrary(page);
  await panel(page).getByLabel('From a folder').setInputFiles(FOLDER);
  await expect(row(page).filter({ hasText: 'From files of this computer' })).toContainText('stored');
});

test('what is no link is told, and an address without a model too', async ({ page }) => {
  await page.goto('/');
  await openLibrary(page);
  const link = panel(page).getByLabel('Link');
  await link.fill('nonsense');
  await link.press('Enter');
  await expect(panel(page).getByRole('alert')).toContainText('This names no model');
  await link.fill('/packages/nothing-here/');
  await link.press('Enter');
  await expect(panel(page).getByRole('article', { name: 'nothing-here' }).getByRole('alert')).toContainText(
    'A part of the model is missing',
  );
});

test('a host that the operator did not name is refused with its sentence', async ({ page }) => {
  await page.goto('/');
  await openLibrary(page);
  const link = panel(page).getByLabel('Link');
  await link.fill('http://127.0.0.1:9/elsewhere/');
  await link.press('Enter');
  await expect(panel(page).getByRole('article', { name: 'elsewhere' }).getByRole('alert')).toContainText(
    'only from the hosts that its operator named',
  );
});
