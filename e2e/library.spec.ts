// Tests the library as users see it: a model is downloaded, checked, removed, and added from a folder; a link asks
// before it downloads.

import { expect, test, type Locator, type Page } from '@playwright/test';
import { answered, ask, isTrial } from './person.ts';

const MODEL = 'dense-tied-exact';
const PACKAGE = `/packages/${MODEL}/`;
const FOLDER = `.cache/fixture-packages/${MODEL}`;

// Playwright does not intercept requests that go through a service worker.
test.use({ serviceWorkers: 'block' });

const panel = (page: Page): Locator => page.getByRole('dialog', { name: 'Models' });
const row = (page: Page): Locator => panel(page).getByRole('article', { name: MODEL });

async function openLibrary(page: Page): Promise<void> {
  await page.locator('header .model button').click();
  await expect(panel(page)).toBeVisible();
}

/** Downloads the model that the page's link names, and switches to it when it is ready. */
async function downloadAndUse(page: Page): Promise<void> {
  await page.goto(`/?model=${PACKAGE}`);
  await panel(page).getByRole('button', { name: 'Download', exact: true }).first().click();
  await row(page)
    .getByRole('button', { name: `Use ${MODEL}` })
    .click();
  await expect(row(page).getByText('Answers now')).toBeVisible();
}

/** Returns an array to which every later request for the package is added. */
function watchShards(page: Page): string[] {
  const shards: string[] = [];
  page.context().on('request', (request) => {
    if (new URL(request.url()).pathname.startsWith(PACKAGE)) shards.push(request.url());
  });
  return shards;
}

/** Deletes the model's largest file from storage, as if the disk had lost it. */
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

/** Expects that a refused address leaves no model in the library or in the header, not even after a reload. */
async function expectNoTrace(page: Page, name: string): Promise<void> {
  await expect(panel(page).getByRole('article', { name })).toHaveCount(0);
  await expect(page.locator('header .model .name')).toHaveText('Built-in model');
  await expect(page.locator('header .model button')).not.toContainText('not available');
  await page.goto('/');
  await openLibrary(page);
  await expect(panel(page).getByRole('article').first()).toBeVisible();
  await expect(panel(page).getByRole('article', { name })).toHaveCount(0);
}

test('a link asks before it fetches anything, and a No is respected @main', async ({ page }) => {
  const asked = watchShards(page);
  await page.goto(`/?model=${PACKAGE}`);
  await expect(panel(page)).toContainText(`A link asks for the model ${MODEL}`);
  await panel(page).getByRole('button', { name: 'Not now' }).click();
  await expect(panel(page).getByText('A link asks')).toHaveCount(0);
  expect(asked).toEqual([]);
});

test('a link to a stored model asks as well, and shows where the model came from', async ({ page }) => {
  await downloadAndUse(page);
  // Choose another model before the link is opened.
  await page.evaluate(() => localStorage.setItem('darkroom.model', 'demo'));
  await page.goto(`/?model=${PACKAGE}`);
  await expect(panel(page)).toContainText('It is on this device already');
  await expect(panel(page).locator('.place strong')).toHaveText(new URL(page.url()).host);
  await panel(page).getByRole('button', { name: 'Not now' }).click();
  await expect(page.locator('header .model .name')).toHaveText('Built-in model');
});

test('a hostile name cannot change the sentence that asks about it', async ({ page }) => {
  await page.goto(`/?model=${encodeURIComponent('https://evil.example/moc.doog\u202e/')}`);
  await expect(panel(page)).toContainText('moc.doog[U+202E]');
  await expect(panel(page).locator('.place strong')).toHaveText('evil.example');
  expect(await panel(page).innerText()).not.toContain('\u202e');
});

test('a model whose record is damaged hides no other, and can be removed', async ({ page }) => {
  await downloadAndUse(page);
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const open = indexedDB.open('darkroom-weights');
        open.onsuccess = () => {
          const change = open.result.transaction('entries', 'readwrite');
          change.objectStore('entries').put({ odd: true }, ['model', 'a broken one']);
          change.objectStore('entries').put(123_000_000, ['kept', 'a broken one', 'f'.repeat(64)]);
          change.oncomplete = () => {
            open.result.close();
            resolve();
          };
        };
      }),
  );
  await page.goto('/');
  await openLibrary(page);
  await expect(row(page).getByText('Answers now')).toBeVisible();
  const broken = panel(page).getByRole('article', { name: 'a broken one' });
  await expect(broken).toContainText('cannot be read');
  await broken.getByRole('button', { name: 'Remove a broken one' }).click();
  await broken.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(broken).toHaveCount(0);
});

test('the user downloads, asks and checks a model, and removes it with its bytes @main', async ({ page }) => {
  await downloadAndUse(page);
  await row(page)
    .getByRole('button', { name: `Check the files of ${MODEL}` })
    .click();
  await expect(row(page).getByText(/files are undamaged/)).toBeVisible();

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

test('the page finds a damaged model and fetches only its missing parts', async ({ page }) => {
  await downloadAndUse(page);
  await loseShard(page);
  await row(page)
    .getByRole('button', { name: `Check the files of ${MODEL}` })
    .click();
  await expect(row(page).getByText('One file is damaged or missing.')).toBeVisible();
  const asked = watchShards(page);
  await row(page).getByRole('button', { name: 'Repair' }).click();
  await expect(row(page).getByRole('button', { name: `Check the files of ${MODEL}` })).toBeVisible();
  await row(page)
    .getByRole('button', { name: `Check the files of ${MODEL}` })
    .click();
  await expect(row(page).getByText(/files are undamaged/)).toBeVisible();
  expect(asked.filter((url) => !url.endsWith('manifest.json')).length).toBeLessThanOrEqual(1);
});

test('the page fetches only what the disk lost when the model is loaded', async ({ page }) => {
  await downloadAndUse(page);
  await loseShard(page);
  const asked = watchShards(page);
  await page.goto('/');
  await openLibrary(page);
  // The model counts as chosen before its weights are checked. The page must fetch the lost file and nothing else.
  const files = (): string[] => asked.filter((url) => !url.endsWith('manifest.json'));
  await expect.poll(files).toHaveLength(1);
  await expect(row(page).getByText('Answers now')).toBeVisible();
  expect(files()).toHaveLength(1);
});

test('a folder of this computer becomes a model', async ({ page }) => {
  await page.goto('/');
  await openLibrary(page);
  await panel(page).getByLabel('From a folder').setInputFiles(FOLDER);
  await expect(row(page).filter({ hasText: 'From files on this computer' })).toContainText('stored');
});

test('the present model answers while another one downloads; the page and its title say when that is ready', async ({
  page,
}) => {
  await page.goto('/');
  await expect(page.locator('header .model button')).toContainText('Built-in model');
  // Hold back the bytes of the model until `letGo` is called.
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.context().route(`**${PACKAGE}*.safetensors`, async (route) => {
    await held;
    await route.continue();
  });
  await openLibrary(page);
  const link = panel(page).getByLabel('Link');
  await link.fill(PACKAGE);
  await link.press('Enter');
  await expect(row(page).getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('header .model .state')).toContainText(MODEL);

  await ask(page, 'Hello?');
  await answered(page, 1);
  letGo();
  const notice = page.getByRole('status').filter({ hasText: `${MODEL} is ready.` });
  await expect(notice).toBeVisible();
  await expect(page).toHaveTitle(`${MODEL} is ready · Darkroom`);
  await expect(page.locator('header .model .name')).toHaveText('Built-in model');
  await notice.getByRole('button', { name: 'Use it now' }).click();
  await expect(page.locator('header .model .name')).toHaveText(MODEL);
  await expect(page).toHaveTitle('Darkroom');
});

test('the card of a model that is too large gives its speed, and warns before anything is fetched', async ({
  page,
}) => {
  const outward: string[] = [];
  page.context().on('request', (request) => {
    if (!request.url().startsWith('http://localhost') && !isTrial(request.url())) outward.push(request.url());
  });
  await page.goto('/');
  await openLibrary(page);
  // Chromium's only adapter here is a software adapter, which the engine does not use.
  await expect(panel(page).getByText(/only to one in software/)).toBeVisible();
  await expect(panel(page).getByText(/^Recommended here/)).toHaveCount(1);
  const card = panel(page).getByRole('article', { name: 'Qwen3-VL 8B' });
  await expect(
    card.getByText(/A short answer takes about .* on the processor.*[\d.]+ tokens per second/),
  ).toBeVisible();
  await expect(card.getByText('Too large for this device.')).toBeVisible();
  await expect(card.getByText('6.0 GB')).toBeVisible();
  await card.getByLabel('Precision').selectOption('Small');
  await expect(card.getByText('5.2 GB')).toBeVisible();
  await card.getByRole('radio', { name: /Thinking/ }).check();
  await card.getByRole('button', { name: /^Download Qwen3-VL 8B Thinking \(small\)/ }).click();
  await expect(card.getByRole('alert')).toContainText('It is too large for this device');
  await card.getByRole('button', { name: 'Do not download' }).click();
  await expect(card.getByRole('alert')).toHaveCount(0);
  // If the same model is requested by its link, the page shows its speed and asks before it downloads.
  const link = panel(page).getByLabel('Link');
  await link.fill('Qwen/Qwen3-VL-8B-Instruct');
  await link.press('Enter');
  const wish = panel(page).locator('section').filter({ hasText: 'Nothing has been fetched yet' });
  await expect(wish.getByText(/Too large for this device.*tokens per second/)).toBeVisible();
  await wish.getByRole('button', { name: 'Not now' }).click();
  expect(outward).toEqual([]);
});

test('a second tab shows the download of the first, stops with its pause, and hears when it is ready', async ({
  page,
  context,
}) => {
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await context.route(`**${PACKAGE}*.safetensors`, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/');
  const other = await context.newPage();
  await other.goto('/');
  await expect(other.locator('header .model button')).toBeVisible();
  await openLibrary(page);
  const link = panel(page).getByLabel('Link');
  await link.fill(PACKAGE);
  await link.press('Enter');
  const coming = other.locator('header .model .state').filter({ hasText: MODEL });
  await expect(coming).toBeVisible();
  // Either tab may run the download; both must stop.
  await row(page).getByRole('button', { name: 'Pause' }).click();
  await expect(row(page).getByText('Paused')).toBeVisible();
  await expect(coming).toHaveCount(0);
  letGo();
  await row(page).getByRole('button', { name: 'Go on' }).click();
  await expect(other.getByText(`${MODEL} is ready.`)).toBeVisible();
});

test('the library says so if a text is no link, or an address has no model', async ({ page }) => {
  await page.goto('/');
  await openLibrary(page);
  const link = panel(page).getByLabel('Link');
  await link.fill('nonsense');
  await link.press('Enter');
  await expect(panel(page).getByRole('alert')).toContainText('This does not name a model');
  await link.fill('/packages/nothing-here/');
  await link.press('Enter');
  await expect(panel(page).getByRole('alert')).toContainText('A part of the model is missing');
  await expectNoTrace(page, 'nothing-here');
});

test('the page refuses a host that the operator did not name, in a sentence of its own', async ({ page }) => {
  await page.goto('/');
  await openLibrary(page);
  const link = panel(page).getByLabel('Link');
  await link.fill('http://127.0.0.1:9/elsewhere/');
  await link.press('Enter');
  await expect(panel(page).getByRole('alert')).toContainText('only from the hosts that its operator named');
  await expectNoTrace(page, 'elsewhere');
});

test('a download that cannot continue says that this device is offline', async ({ page, context }) => {
  await context.route(`**${PACKAGE}*.safetensors`, (route) => route.abort('internetdisconnected'));
  await page.goto(`/?model=${PACKAGE}`);
  await expect(panel(page)).toContainText(`A link asks for the model ${MODEL}`);
  await panel(page).getByRole('button', { name: 'Download', exact: true }).first().click();
  await expect(row(page).getByText(/^Attempt \d/)).toBeVisible();
  await context.setOffline(true);
  await expect(row(page).getByText('This device is offline. What has arrived is kept.')).toBeVisible();
});

test('the page offers the same larger models as the panel', async ({ page }) => {
  await page.goto('/');
  const offer = page.getByRole('button', { name: /^Larger models read any photo/ });
  await expect(offer).toBeVisible();
  await expect(page.locator('header .model button')).toContainText('Built-in model');
  await expect(offer).toHaveText(/too large for this device|: from/);
  const saysNoneFits = ((await offer.textContent()) ?? '').includes('too large for this device');
  await offer.click();
  const cards = panel(page).getByRole('article', { name: /^Qwen3-VL/ });
  await expect(cards.first()).toBeVisible();
  await expect(cards.getByText('Measuring how fast')).toHaveCount(0);
  const tooLarge = await cards.filter({ hasText: 'Too large for this device.' }).count();
  expect(saysNoneFits).toBe(tooLarge === (await cards.count()));
});
