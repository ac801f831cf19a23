// axe over every state of the page, on a phone in the dark and on a light desktop. The languages take turns from state
// to state; with LONG=1 each state is looked at in both.

import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { bring, STATES } from './states.ts';

const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1280, height: 800 };
const LANGUAGES = ['en', 'zh-CN'] as const;

test.use({ serviceWorkers: 'block' });

/** The states of the main walks. */
const MAIN: readonly string[] = ['empty', 'answered', 'library'];

for (const [which, locale] of LANGUAGES.entries()) {
  test.describe(locale, () => {
    test.use({ viewport: PHONE, colorScheme: 'dark', locale });
    for (const [index, state] of STATES.entries()) {
      if (index % LANGUAGES.length !== which && process.env.LONG !== '1') continue;
      test(`axe finds nothing: ${state}${MAIN.includes(state) ? ' @main' : ''}`, async ({ page }) => {
        await bring(page, state);
        await expectNothing(page);
        // Only a phone has a menu.
        if (state === 'menu') return;
        await page.setViewportSize(DESKTOP);
        await page.emulateMedia({ colorScheme: 'light' });
        await expectNothing(page);
      });
    }
  });
}

async function expectNothing(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
  expect(found).toEqual([]);
  // Sentences that the markup put side by side still have a space between them.
  const text = await page.locator('body').innerText();
  expect(text.match(/.{0,30}[a-z][.!?][A-Z].{0,30}/g) ?? []).toEqual([]);
}
