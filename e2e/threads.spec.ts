// The threads of the processor engine: the page starts several, answers without them if they cannot start, and loads
// the model again if one of them dies.

import { expect, test, type Page } from '@playwright/test';
import { answered, arrive, ask, FIXTURE } from './person.ts';
import { Site, SITE_URL } from './site.ts';

test.use({ baseURL: SITE_URL, serviceWorkers: 'block' });
let site: Site;

test.beforeEach(async () => {
  site = await Site.start(test.info().outputPath('site'));
});

test.afterEach(() => site.remove());

/** The threads besides the inference worker's own. */
const threads = (page: Page): number =>
  page.workers().filter((worker) => worker.url().includes('/kernel.worker')).length;

const processors = (page: Page): Promise<number> => page.evaluate(() => navigator.hardwareConcurrency);

async function answersOnProcessor(page: Page): Promise<void> {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 8 });
  await ask(page, 'Hello?');
  await answered(page, 1);
}

test('the page computes on several threads if the machine has several processors', async ({ page }) => {
  await answersOnProcessor(page);
  expect(threads(page) > 0).toBe((await processors(page)) > 1);
});

test('the page answers on one thread if no other can be started', async ({ page }) => {
  site.take(site.asset('kernel.worker-', '.js'));
  await answersOnProcessor(page);
  expect(threads(page)).toBe(0);
});

/** Code before a thread's own: the first thread that computes dies at its third program, the others do not. */
const DYING = `{
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (module, imports) => {
    const instance = await instantiate(module, imports);
    if (await caches.has('a thread has died')) return instance;
    await caches.open('a thread has died');
    const { exports } = instance;
    const words = new Int32Array(imports.env.memory.buffer);
    const work = (control, thread, seen) => {
      for (let program = 1; ; program++) {
        while (Atomics.load(words, control / 4) === seen) Atomics.wait(words, control / 4, seen);
        seen = Atomics.load(words, control / 4);
        if (program === 3) throw new Error('This thread dies.');
        exports.run(control, thread);
      }
    };
    return { exports: { ...exports, work } };
  };
}\n`;

test('the page loads the model again if a thread dies, and answers', async ({ page }) => {
  site.damage(site.asset('kernel.worker-', '.js'), (bytes) => Buffer.concat([Buffer.from(DYING), bytes]));
  const inference: string[] = [];
  page.on('worker', (worker) => {
    if (worker.url().includes('/inference.worker')) inference.push(worker.url());
  });
  await answersOnProcessor(page);
  test.skip((await processors(page)) < 2, 'This machine has no processor for a second thread.');
  expect(inference).toHaveLength(2);
  expect(threads(page)).toBeGreaterThan(0);
});
