// Tests that the app tests its own walls. If one is missing, in the page or in a single worker, the app must name the
// wall, make no false claim, and accept no picture.

import { expect, test, type Page } from '@playwright/test';
import { changePolicy, serveChanged, withDirective, type Change } from './changed-app.ts';

test.use({ serviceWorkers: 'block', locale: 'en' });

const PICTURE = 'public/samples/signs-1.webp';

async function withApp(change: Change, job: (origin: string) => Promise<void>): Promise<void> {
  const app = await serveChanged(change);
  try {
    await job(app.origin);
  } finally {
    await app.stop();
  }
}

const notStarted = (page: Page) => page.getByRole('heading', { name: 'Not started' });

/** The walls that the panel reports open, as `realm: wall`. */
async function openWalls(page: Page): Promise<string[]> {
  await page.getByRole('button', { name: 'Privacy' }).click();
  await expect(page.locator('.verdict')).toBeVisible();
  await expect(page.getByText('being tried')).toHaveCount(0);
  return page.evaluate(() =>
    Array.from(document.querySelectorAll<HTMLElement>('[data-state="open"]'), (element) => {
      const realm = element.closest<HTMLElement>('[data-realm]')?.dataset.realm ?? '';
      return `${realm}: ${element.dataset.wall ?? ''}`;
    }),
  );
}

async function addPicture(page: Page): Promise<void> {
  await page.locator('input[type="file"]').first().setInputFiles(PICTURE);
}

test('the page tries every wall of every realm before it takes a picture, and all walls hold', async ({
  page,
}) => {
  await withApp(
    (value) => value,
    async (origin) => {
      await page.goto(origin);
      expect(await openWalls(page)).toEqual([]);
      for (const realm of ['page', 'media', 'inference', 'kernel', 'weights', 'hash']) {
        const held = page.locator(`[data-realm="${realm}"] [data-state="holds"]`);
        expect(await held.count(), realm).toBeGreaterThanOrEqual(realm === 'page' ? 12 : 3);
      }
    },
  );
});

const LAX: [name: string, policy: (own: string) => string, walls: RegExp][] = [
  [
    'any https or http host',
    () => "script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'; connect-src 'self' https: http:",
    /requests to other sites.*pictures from other sites/,
  ],
  ['default-src *', () => "default-src * 'unsafe-inline' 'unsafe-eval'", /requests to other sites/],
  ["only connect-src 'self'", () => "connect-src 'self'", /pictures from other sites/],
];

test.describe('a host that sends a lax policy of its own', () => {
  for (const [name, policy, walls] of LAX) {
    test(`(${name}) is detected, and the app does not start`, async ({ page }) => {
      await withApp(changePolicy(/./, policy), async (origin) => {
        await page.goto(origin);
        await expect(notStarted(page)).toBeVisible({ timeout: 60_000 });
        await expect(page.getByText('and not stopped')).toHaveText(walls);
      });
    });
  }
});

const WORKERS = [
  ['media', /\/assets\/media\.worker/],
  ['inference', /\/assets\/inference\.worker/],
  ['weights', /\/assets\/weights\.worker/],
  ['hash', /\/assets\/hash\.worker/],
  ['kernel', /\/assets\/kernel\.worker/],
] as const;

for (const [realm, path] of WORKERS) {
  test(`the page takes no picture if the ${realm} worker alone lacks the policy`, async ({ page }) => {
    await withApp(
      changePolicy(path, () => undefined),
      async (origin) => {
        await page.goto(origin);
        await addPicture(page);
        await expect(page.getByText('is not under the policy')).toBeVisible({ timeout: 60_000 });
        await expect(page.locator('.attachments img, [data-attachments] img')).toHaveCount(0);
        const open = await openWalls(page);
        expect(open).toContain(`${realm}: connect`);
        expect(open.every((each) => each.startsWith(`${realm}:`))).toBe(true);
        await expect(page.locator('.verdict')).toHaveText('No pictures are taken');
      },
    );
  });
}

test('the page names a single lax directive of one worker', async ({ page }) => {
  await withApp(
    changePolicy(/\/assets\/media\.worker/, (own) => withDirective(own, 'worker-src', "'self'")),
    async (origin) => {
      await page.goto(origin);
      expect(await openWalls(page)).toEqual(['media: worker']);
    },
  );
});

test('the page runs no string as a program, and reads none as markup', async ({ page }) => {
  await withApp(
    (value) => value,
    async (origin) => {
      await page.goto(origin);
      expect(await openWalls(page)).toEqual([]);
      await page.getByRole('button', { name: 'Close' }).click();
      const threw = await page.evaluate(async () => {
        const { trustedTypes } = globalThis as {
          trustedTypes?: { createPolicy(name: string, rules: object): unknown };
        };
        const tries: (() => unknown)[] = [
          () => (document.createElement('p').innerHTML = '<b>x</b>'),
          () => (document.createElement('script').text = 'window.ran = 1'),
          () => document.createElement('iframe').setAttribute('srcdoc', '<b>x</b>'),
          () => new DOMParser().parseFromString('<b>x</b>', 'text/html'),
          () => new Worker('/sw.js'),
          () => trustedTypes?.createPolicy('default', {}),
          () => trustedTypes?.createPolicy('darkroom', {}),
          () => trustedTypes?.createPolicy('dompurify', {}),
        ];
        const threw: boolean[] = [];
        for (const one of tries) {
          threw.push(
            await Promise.resolve()
              .then(one)
              .then(
                () => false,
                () => true,
              ),
          );
        }
        return threw;
      });
      expect(threw).toEqual(threw.map(() => true));
    },
  );
});

test('the trial of the walls takes at most 300 ms on an idle machine', async ({ page }) => {
  await withApp(
    (value) => value,
    async (origin) => {
      await page.goto(origin);
      await openWalls(page);
      const took = await page.evaluate(() =>
        Array.from(document.querySelectorAll<HTMLElement>('[data-realm]'), (element) => [
          element.dataset.realm ?? '',
          Math.round(Number(element.dataset.tookMs)),
        ]),
      );
      console.log(`walls tried, in ms: ${took.map(([realm, ms]) => `${realm} ${ms}`).join(', ')}`);
      // The time is printed. The limit is generous, because the machine may be busy.
      for (const [realm, ms] of took) expect(ms, String(realm)).toBeLessThan(4000);
    },
  );
});

test('a path that only looks like the weights worker’s script gets the policy of a page', async ({
  request,
}) => {
  await withApp(
    (value) => value,
    async (origin) => {
      for (const path of [
        'weights.worker.js',
        'assets/weights.worker-AAAAAAAA.js',
        'weights.worker.js?x.html',
      ]) {
        const headers = (await request.get(origin + path)).headers();
        expect(headers['content-security-policy'], path).toContain("connect-src 'self';");
      }
    },
  );
});

test('the panel lists each violation in the page or a worker, once for each origin', async ({ page }) => {
  await withApp(
    (value) => value,
    async (origin) => {
      await page.goto(origin);
      const mediaWorker = () => page.workers().find((worker) => worker.url().includes('media.worker'));
      await expect.poll(() => mediaWorker() !== undefined).toBe(true);
      await page.getByRole('button', { name: 'Privacy' }).click();
      await expect(page.getByText('being tried')).toHaveCount(0);
      const stopped = page.getByRole('region', { name: 'Stopped since this page opened' });
      await expect(stopped).toContainText('Nothing had to be stopped');

      await page.evaluate(async () => {
        for (const path of ['one', 'two']) await fetch(`https://away.invalid/${path}`).catch(() => undefined);
        new Image().src = 'https://picture.invalid/secret.png';
      });
      await mediaWorker()!.evaluate(() => fetch('https://worker.invalid/').catch(() => undefined));
      await expect(stopped.getByRole('listitem')).toHaveCount(3);
      const said = (text: string) => stopped.getByRole('listitem').filter({ hasText: text });
      await expect(said('https://away.invalid')).toHaveText(
        /requests to other sites connect-src\s+This page2 times, the last at/,
      );
      await expect(said('https://picture.invalid')).toHaveText(
        /pictures from other sites img-src\s+This page.*once at/,
      );
      await expect(said('https://worker.invalid')).toHaveText(/Worker that opens pictures and clips/);
      await expect(stopped).not.toContainText('secret');
    },
  );
});
