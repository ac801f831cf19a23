// Shows hostile answers like any imported conversation. The test removes the policy, so that the rendering alone must
// stop them: they may cause no request and run no script. As raw HTML, the same texts do leak.

import { expect, test } from '@playwright/test';
import { serveChanged, withoutPolicy } from './changed-app.ts';
import { pretendWalls } from './pretend.ts';
import { payloads } from './payloads.ts';
import { Sink } from './sink.ts';

test.use({ serviceWorkers: 'block', locale: 'en' });

const SETTLE_MS = 2000;

test('no hostile answer causes a request or runs a script, even without the policy', async ({ page }) => {
  const sink = await Sink.start();
  const app = await serveChanged(withoutPolicy);
  try {
    const { origin } = app;
    const texts = payloads((name) => `http://127.0.0.1:${sink.port}/${name}`);
    expect(texts.length).toBeGreaterThanOrEqual(40);
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    // Fake only the results of the checks that the page makes of its walls before it starts; everything else is real.
    await pretendWalls(page);
    await page.goto(origin);
    await page.getByRole('button', { name: 'Conversations' }).click();
    const file = Buffer.from(JSON.stringify(conversation(texts)));
    await page
      .getByLabel('Open a saved JSON file')
      .setInputFiles({ name: 'hostile.json', mimeType: 'application/json', buffer: file });
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await expect(page.getByText(`question ${texts.length - 1}`, { exact: true })).toBeAttached();

    // Click all in one step, because a button changes its name when clicked.
    await page.evaluate(() => {
      for (const button of document.querySelectorAll('button')) {
        if (button.textContent.includes('Preview')) button.click();
      }
    });
    await page.waitForTimeout(SETTLE_MS);
    expect(sink.arrivals).toEqual([]);
    expect(await page.evaluate(() => 'ran' in window)).toBe(false);
    expect(await page.evaluate(() => 'polluted' in {})).toBe(false);
    expect(dialogs).toEqual([]);
    expect(page.url().startsWith(origin)).toBe(true);

    const raw = await page.context().newPage();
    await raw.evaluate((answers) => {
      for (const answer of answers) {
        document.body.appendChild(document.createElement('div')).innerHTML = answer;
      }
    }, texts);
    await raw.waitForTimeout(SETTLE_MS);
    const leaked = new Set(sink.arrivals.filter((arrival) => arrival.includes('/')));
    console.log(`${texts.length} hostile answers: no request as answers, ${leaked.size} as raw HTML`);
    expect(leaked.size).toBeGreaterThanOrEqual(10);
  } finally {
    await app.stop();
    await sink.stop();
  }
});

/** A conversation in the page's export format. */
function conversation(texts: string[]): unknown {
  const turns = texts.map((answer, index) => ({
    id: `turn-${index}`,
    question: `question ${index}`,
    photos: [],
    answer,
    thoughtMs: null,
    answerer: { id: 'demo', backend: 'webgpu', precision: 'f32', thinks: false },
    options: { maxTokens: 64, sampling: {} },
    ending: {
      kind: 'answered',
      facts: {
        ...{ tokens: 9, promptTokens: 9, cachedTokens: 0, reason: 'eos' },
        timings: { decodingMs: 0, visionMs: 0, prefillMs: 0, answeringMs: 1 },
      },
    },
  }));
  return { format: 'darkroom-conversation', version: 1, id: 'hostile', photos: [], turns };
}
