// A simulated visitor who asks the page about pictures, one conversation after the other. A seed determines all of the
// visitor's actions.

import type { Locator, Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import sharp from 'sharp';
import { sampleOf, samples } from '../../../e2e/samples.ts';
import { random } from '../support/random.ts';

const ANSWER_WAIT_MS = 180_000;

interface Photo {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

interface Then {
  /** The required answer, if it is known. */
  expected?: string;
  /** Whether the visitor presses Stop within a quarter of a second. */
  stops: boolean;
}

export interface VisitCounts {
  questions: number;
  answered: number;
  stopped: number;
  regenerated: number;
  photos: number;
  conversations: number;
  /** First answers about unaltered samples, whose right answers are known. */
  judged: number;
  right: number;
  /** Messages or wrong answers that the page gave instead of a right answer. */
  failures: string[];
}

export class Visitor {
  readonly counts: VisitCounts = {
    ...{ questions: 0, answered: 0, stopped: 0, regenerated: 0, photos: 0, conversations: 0 },
    ...{ judged: 0, right: 0, failures: [] },
  };
  readonly #page: Page;
  readonly #next: () => number;

  constructor(page: Page, seed: number) {
    this.#page = page;
    this.#next = random(seed);
  }

  /**
   * A conversation in which every action occurs once, because a view that appears for the first time keeps its
   * template.
   */
  async seeAll(): Promise<void> {
    const { file, questions } = sampleOf('grounding');
    await this.#add(asItIs(file));
    await this.#add(await this.#altered(file));
    for (const { words } of questions) await this.#ask(words, { stops: false });
    await this.#again();
    await this.#ask(questions[0].words, { stops: true });
    await this.#leave();
  }

  /** Holds a whole conversation of at most `atMost` questions, and then empties the page. */
  async converse(atMost: number): Promise<void> {
    const { files, questions } = this.#pick(samples);
    const isAsItIs = this.#next() < 0.5;
    const hasAnother = this.#next() < 0.25;
    if (isAsItIs) for (const file of files) await this.#add(asItIs(file));
    else await this.#add(await this.#altered(files[0]));
    if (hasAnother) await this.#add(await this.#altered(this.#pick(samples).files[0]));
    const count = Math.min(atMost, 1 + Math.floor(this.#next() * 4));
    for (let n = 0; n < count; n++) {
      const { words, answer, isExact } = this.#pick(questions);
      const isJudged = isAsItIs && !hasAnother && n === 0 && isExact;
      if (isJudged) await this.#ask(words, { expected: answer, stops: false });
      else await this.#ask(words, { stops: this.#next() < 0.12 });
    }
    if (count < atMost && this.#next() < 0.3) await this.#again();
    await this.#leave();
  }

  async #leave(): Promise<void> {
    await this.#page.getByRole('button', { name: 'New conversation' }).click();
    this.counts.conversations++;
  }

  async #ask(words: string, then: Then): Promise<void> {
    await this.#page.getByRole('textbox', { name: 'Question', exact: true }).fill(words);
    await this.#button('Ask').click();
    await this.#end(then);
  }

  async #again(): Promise<void> {
    const button = this.#answers()
      .last()
      .getByRole('button', { name: /^(Answer again|Try again)$/ });
    await button.click();
    this.counts.regenerated++;
    await this.#end({ stops: false });
  }

  async #end({ expected, stops }: Then): Promise<void> {
    this.counts.questions++;
    if (stops) {
      await this.#page.waitForTimeout(Math.floor(this.#next() * 250));
      // The answer may have ended before the click.
      await this.#button('Stop')
        .click({ timeout: 1000 })
        .catch(() => undefined);
    }
    await this.#button('Ask').waitFor({ timeout: ANSWER_WAIT_MS });
    const answer = this.#answers().last();
    const alert = answer.getByRole('alert');
    if ((await alert.count()) > 0) {
      this.counts.failures.push((await alert.textContent()) ?? '');
      return;
    }
    if ((await answer.getByText('Stopped.').count()) > 0) this.counts.stopped++;
    else this.counts.answered++;
    if (expected === undefined) return;
    this.counts.judged++;
    const said = (await answer.locator('[aria-busy]').innerText()).trim();
    if (said.toLowerCase() === expected.toLowerCase()) this.counts.right++;
    else this.counts.failures.push(`'${said}' was said, '${expected}' is right`);
  }

  async #add(photo: Photo): Promise<void> {
    const remove = this.#page.getByRole('button', { name: /^Remove / });
    const before = await remove.count();
    await this.#page.getByLabel('Add pictures').first().setInputFiles(photo);
    await remove.nth(before).waitFor();
    this.counts.photos++;
  }

  /** An altered picture of a sample, or the altered first frame of its clip. Each one is new to the page. */
  async #altered(file: string): Promise<Photo> {
    const width = 160 + Math.floor(this.#next() * 700);
    const turned = sharp(readFileSync(file))
      .modulate({ hue: Math.floor(this.#next() * 360) })
      .resize({ width });
    return { name: `${width}.jpg`, mimeType: 'image/jpeg', buffer: await turned.jpeg().toBuffer() };
  }

  #button(name: string): Locator {
    return this.#page.getByRole('button', { name, exact: true });
  }

  #answers(): Locator {
    return this.#page.getByRole('article', { name: 'Answer' });
  }

  #pick<T>(list: readonly T[]): T {
    const chosen = list[Math.floor(this.#next() * list.length)];
    if (chosen === undefined) throw new Error('There is nothing to choose from.');
    return chosen;
  }
}

function asItIs(file: string): Photo {
  return { name: basename(file), mimeType: 'image/webp', buffer: readFileSync(file) };
}
