// Runs axe on every state of the page, on a phone in the dark theme and on a desktop in the light theme. The languages
// alternate from state to state; with LONG=1, each state is checked in both. One page goes through all states, except
// those that need a separate page.

import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { openInState, goOn, isAlone, STATES, type State } from './states.ts';

const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1280, height: 800 };
const LANGUAGES = ['en', 'zh-CN'] as const;
const IS_LONG = process.env.LONG === '1';

test.use({ serviceWorkers: 'block' });
test.describe.configure({ mode: 'parallel', timeout: 480_000 });

/** The states that the short test run checks. */
const MAIN: readonly State[] = ['empty', 'answered', 'library'];

for (const [which, locale] of LANGUAGES.entries()) {
  test.describe(locale, () => {
    test.use({ viewport: PHONE, colorScheme: 'dark', locale });
    for (const turn of IS_LONG ? LANGUAGES.keys() : [which]) {
      const states = STATES.filter((_, index) => index % LANGUAGES.length === turn);
      const main = states.filter((state) => MAIN.includes(state));
      const others = states.filter((state) => !MAIN.includes(state) && !isAlone(state));
      if (main.length > 0) look(main, ' @main');
      look(others);
      for (const state of states.filter(isAlone)) look([state]);
    }
  });
}

/** Adds a test that checks these states, one after the other, on one page. */
function look(states: readonly State[], mark = ''): void {
  test(`axe finds nothing: ${states.join(', ')}${mark}`, async ({ page }) => {
    for (const [index, state] of states.entries()) {
      await test.step(state, async () => {
        await (index === 0 ? openInState(page, state) : goOn(page, state));
        await expectNothing(page, `${state}, on a phone`);
        // Only a phone has a menu.
        if (state === 'menu') return;
        await page.setViewportSize(DESKTOP);
        await page.emulateMedia({ colorScheme: 'light' });
        await expectNothing(page, `${state}, on a desktop`);
        await page.setViewportSize(PHONE);
        await page.emulateMedia({ colorScheme: 'dark' });
      });
    }
  });
}

async function expectNothing(page: Page, where: string): Promise<void> {
  // The page has no frames, so axe needs no second page to merge results of frames.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
  expect.soft(found, where).toEqual([]);
  // Sentences that stand side by side in the markup must have a space between them.
  const text = await page.locator('body').innerText();
  expect.soft(text.match(/.{0,30}[a-z][.!?][A-Z].{0,30}/g) ?? [], where).toEqual([]);
}
