// To prevent fingerprinting, some browsers change the pixels that a page reads from a canvas (Brave, Firefox's strict
// mode). This test gives such canvases to the workers of the built page. The page must read pictures in another way, or
// explain in a sentence why it cannot, and must never blame the model.

import { expect, test, type Page } from '@playwright/test';
import { en } from '../../../src/ui/kit/failure-strings.ts';
import { answered, arrive, ask, said, attachments } from '../../../e2e/person.ts';
import { sampleOf } from '../../../e2e/samples.ts';
import { APP_PORT } from '../support/places.ts';

test.use({ baseURL: `http://localhost:${APP_PORT}/` });

/** On a software adapter, a model's check takes minutes if other programs use the cores. */
const PATIENCE = 1_500_000;
test.describe.configure({ timeout: 2_000_000 });

interface Noise {
  /** Flips the low bit of one value in fifty, or makes every value random. */
  kind: 'low bits' | 'random';
  hasVideoFrames: boolean;
}

/** Code that runs in each worker before the worker's own script. */
function spoilCanvases({ kind, hasVideoFrames }: Noise): void {
  const context = OffscreenCanvasRenderingContext2D.prototype;
  const canvas = OffscreenCanvas.prototype;
  /* eslint-disable @typescript-eslint/unbound-method -- each is called on its own object again */
  const { getImageData } = context;
  const { convertToBlob } = canvas;
  /* eslint-enable @typescript-eslint/unbound-method */
  context.getImageData = function (left: number, top: number, width: number, height: number) {
    const image = getImageData.call(this, left, top, width, height);
    for (let i = 0; i < image.data.length; i++) {
      if (i % 4 === 3) continue;
      if (kind === 'random') image.data[i] = Math.random() * 256;
      else if (Math.random() < 0.02) image.data[i]! ^= 1;
    }
    return image;
  };
  canvas.convertToBlob = function (options) {
    const own = this.getContext('2d');
    own?.putImageData(own.getImageData(0, 0, this.width, this.height), 0, 0);
    return convertToBlob.call(this, options);
  };
  if (!hasVideoFrames) Reflect.deleteProperty(self, 'VideoFrame');
}

async function plant(page: Page, noise: Noise): Promise<string[]> {
  const planted: string[] = [];
  await page.route(/\.worker[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    planted.push(route.request().url());
    const code = `(${spoilCanvases.toString()})(${JSON.stringify(noise)});`;
    await route.fulfill({ response, body: `${code}\n${await response.text()}` });
  });
  return planted;
}

const SIGN = sampleOf('signs');
const CLIP = sampleOf('clips');

async function add(page: Page, file: string): Promise<void> {
  await page.getByLabel('Add pictures').first().setInputFiles(file);
  await expect(attachments(page).getByRole('button', { name: /^Remove / })).toHaveCount(1);
}

for (const [what, noise, backend] of [
  ['flipped low bits', { kind: 'low bits', hasVideoFrames: true }, 'wasm'],
  ['flipped low bits and no other way', { kind: 'low bits', hasVideoFrames: false }, 'webgpu'],
  ['random values', { kind: 'random', hasVideoFrames: true }, 'wasm'],
] as const) {
  test(`the model reads a picture rightly despite ${what}`, async ({ page }) => {
    test.skip(
      backend === 'webgpu' && process.env.LONG !== '1',
      'A software adapter takes long: LONG=1 runs it.',
    );
    const planted = await plant(page, noise);
    await arrive(page, { model: 'demo', backend });
    await add(page, SIGN.file);
    const [{ words, answer }] = SIGN.questions;
    await ask(page, words);
    expect(await said(await answered(page, 1, PATIENCE))).toBe(answer);
    expect(planted.filter((url) => /media|inference/.test(url))).toHaveLength(2);
  });
}

test('thumbnails and parts do not become noise', async ({ page }) => {
  await plant(page, { kind: 'random', hasVideoFrames: true });
  await arrive(page, { model: 'demo', backend: 'wasm' });
  await add(page, SIGN.file);
  await expectPlain(page);
  await page.getByRole('button', { name: 'Ask about a part' }).press('Enter');
  await page.getByRole('group', { name: 'Part to ask about' }).press('Enter');
  await expect(attachments(page).getByRole('button', { name: /^Remove part of/ })).toHaveCount(1);
  await expectPlain(page);
});

/** Expects the next question to have one picture, which is not noise. */
async function expectPlain(page: Page): Promise<void> {
  await expect(attachments(page).locator('img')).toHaveCount(1);
  // Mean difference of neighbouring pixels: 85 for random values, and small for a sign, which is mostly plain.
  const roughness = await attachments(page)
    .locator('img')
    .evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      const context = canvas.getContext('2d')!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      let sum = 0;
      for (let i = 4; i < data.length; i += 4) sum += Math.abs(data[i]! - data[i - 4]!);
      return sum / (data.length / 4);
    });
  expect(roughness).toBeLessThan(20);
}

test('the model reads a clip rightly despite random values', async ({ page }) => {
  await plant(page, { kind: 'random', hasVideoFrames: true });
  await arrive(page, { model: 'demo', backend: 'wasm' });
  await add(page, CLIP.file);
  const { words, answer } = CLIP.questions.find(({ isExact }) => isExact) ?? CLIP.questions[0];
  await ask(page, words);
  expect(await said(await answered(page, 1, PATIENCE))).toBe(answer);
});

test('the page says so if it cannot read pictures, and does not blame the model', async ({ page }) => {
  await plant(page, { kind: 'random', hasVideoFrames: false });
  await arrive(page, { model: 'demo', backend: 'wasm' });
  await page.getByLabel('Add pictures').first().setInputFiles(SIGN.file);
  await expect(page.getByRole('alert')).toContainText(en['pixels-withheld']);
  await ask(page, 'Hello?');
  await answered(page, 1, PATIENCE);
});
