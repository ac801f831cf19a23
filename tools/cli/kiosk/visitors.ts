// Simulated visitors of a kiosk: they touch a sample, ask about it, and finish; some take a picture instead. The script
// knows the right answers.

import type { Page } from '@playwright/test';
import { samples } from '../../../e2e/samples.ts';
import { random } from '../../tests/support/random.ts';

const ANSWER_WAIT_MS = 240_000;

export interface Visits {
  visits: number;
  questions: number;
  right: number;
  wrong: number;
  cameras: number;
  /** Visits that a crash interrupted, or that ended with a failure message. */
  broken: number;
}

export class Visitors {
  readonly counts: Visits = { visits: 0, questions: 0, right: 0, wrong: 0, cameras: 0, broken: 0 };
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  /** Makes one visit; returns whether it succeeded. */
  async visit(page: Page): Promise<boolean> {
    this.counts.visits++;
    try {
      const tiles = page.locator('main.attract li button');
      await tiles.first().waitFor({ timeout: 60_000 });
      if (this.#next() < 0.2) await this.#withCamera(page);
      else await this.#withSample(page, Math.floor(this.#next() * (await tiles.count())));
      await page.getByRole('button', { name: 'Finish and erase' }).click();
      await tiles.first().waitFor();
      return true;
    } catch (error) {
      this.counts.broken++;
      console.log(`a visit broke: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}`);
      return false;
    }
  }

  async #withSample(page: Page, index: number): Promise<void> {
    await page.locator('main.attract li button').nth(index).click();
    const sample = samples[index];
    if (sample === undefined) throw new Error('There is no such sample.');
    const count = 1 + Math.floor(this.#next() * sample.questions.length);
    for (const { words, answer, isExact } of sample.questions.slice(0, count)) {
      await page.getByRole('button', { name: words, exact: true }).click();
      const said = await this.#answer(page);
      if (!isExact) continue;
      if (said.toLowerCase() === answer.toLowerCase()) this.counts.right++;
      else {
        this.counts.wrong++;
        console.log(`'${words}' was answered '${said}', not '${answer}'`);
      }
    }
  }

  async #withCamera(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Take a picture' }).click();
    await page.getByRole('button', { name: 'Take the picture' }).click({ timeout: 30_000 });
    await page.getByRole('button', { name: /^Remove / }).waitFor();
    await page.getByRole('textbox', { name: 'Your question' }).fill('Describe the picture.');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    this.counts.cameras++;
    await this.#answer(page);
  }

  async #answer(page: Page): Promise<string> {
    this.counts.questions++;
    await page
      .getByRole('button', { name: 'Stop', exact: true })
      .waitFor({ timeout: 5000 })
      .catch(() => undefined);
    await page.getByRole('button', { name: 'Ask', exact: true }).waitFor({ timeout: ANSWER_WAIT_MS });
    const answer = page.getByRole('article', { name: 'Answer' }).last();
    const alert = answer.getByRole('alert');
    if ((await alert.count()) > 0) throw new Error((await alert.textContent()) ?? '');
    return (await answer.locator('[aria-busy]').innerText()).trim();
  }
}
