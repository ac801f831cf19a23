// axe over every state of the page, in both languages and colour schemes, on a desktop and on a phone.

import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { bring, STATES } from './states.ts';

const LOOKS = [
  { name: 'desktop, light, English', viewport: { width: 1280, height: 800 }, scheme: 'light', locale: 'en' },
  { name: 'phone, dark, Chinese', viewport: { width: 360, height: 740 }, scheme: 'dark', locale: 'zh-CN' },
] as const;

test.use({ serviceWorkers: 'block' });

/** The states of the main walks. */
const MAIN: readonly string[] = ['empty', 'answered', 'library'];

for (const look of LOOKS) {
  test.describe(look.name, () => {
    test.use({ viewport: look.viewport, colorScheme: look.scheme, locale: look.locale });
    for (const state of STATES) {
      // Only where there is no room for its buttons.
      if (state === 'menu' && look.viewport.width > 704) continue;
      test(`axe finds nothing: ${state}${MAIN.includes(state) ? ' @main' : ''}`, async ({ page }) => {
        await bring(page, state);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const told = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`,
        );
        expect(told).toEqual([]);
        // Sentences that the markup put side by side still have a space between them.
        const text = await page.locator('body').innerText();
        expect(text.match(/.{0,30}[a-z][.!?][A-Z].{0,30}/g) ?? []).toEqual([]);
      });
    }
  });
}
