// Tests clips on the page: adding and showing them, an answer about them, and the history. Each clip that cannot be
// read must be refused with its own sentence.

import { expect, test, type Locator, type Page } from '@playwright/test';
import { basename } from 'node:path';
import sharp from 'sharp';
import { evenly, makeAnimation, makeClip, type Recipe, type Rgb } from './make-clip.ts';
import {
  answered,
  answers,
  arrive,
  ask,
  figures,
  FIXTURE,
  isTrial,
  PICTURES,
  said,
  attachments,
} from './person.ts';
import { sampleOf } from './samples.ts';

test.use({ locale: 'en' });

const RED: Rgb = [200, 30, 20];
const COLOURS: Rgb[] = [RED, [30, 160, 40], [20, 40, 200], [200, 180, 30]];
/** A clip of four seconds. */
const WEBM: Recipe = { container: 'webm', codec: 'vp8', ...evenly(COLOURS, 1) };

interface File {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

const webm = async (page: Page, name = 'tape.webm'): Promise<File> => ({
  ...{ name, mimeType: 'video/webm' },
  buffer: await makeClip(page, WEBM),
});
const animation = async (name: string, format: 'gif' | 'webp'): Promise<File> => ({
  ...{ name, mimeType: `image/${format}` },
  buffer: await makeAnimation(COLOURS, [500, 500, 500, 500], format),
});

async function add(page: Page, ...files: File[]): Promise<void> {
  await page.getByLabel('Add pictures').first().setInputFiles(files);
}

const tile = (page: Page, name: string): Locator => attachments(page).getByRole('button', { name });

async function expectColour(image: Locator, [r, g, b]: Rgb): Promise<void> {
  const seen = await image.evaluate(async (element) => {
    if (!(element instanceof HTMLImageElement)) return [];
    await element.decode();
    const context = new OffscreenCanvas(1, 1).getContext('2d');
    context?.drawImage(element, 0, 0, 1, 1);
    return Array.from(context?.getImageData(0, 0, 1, 1).data.slice(0, 3) ?? []);
  });
  expect(
    Math.max(...[r, g, b].map((value, channel) => Math.abs(value - (seen[channel] ?? -99)))),
  ).toBeLessThan(12);
}

test.describe('with a model of random weights', () => {
  test.beforeEach(async ({ page }) => {
    await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 8 });
  });

  test('the user picks a video and an animated picture, sees their lengths, and asks about them', async ({
    page,
  }) => {
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await add(page, await webm(page), await animation('wave.gif', 'gif'));
    const video = tile(page, 'Look at tape.webm, a clip of 4 s');
    await expect(video).toContainText('0:04');
    await expect(video.locator('svg')).toBeVisible();
    await expectColour(video.locator('img'), RED);
    await expect(tile(page, 'Look at wave.gif, a clip of 2 s')).toContainText('0:02');

    // The picture added last is in view: it is animated and can be paused.
    await expect(page.getByRole('img', { name: 'wave.gif, a clip of 2 s' })).toBeVisible();
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
    await video.click();
    const player = page.locator('video[controls]');
    await expect(player).toHaveAccessibleName('tape.webm, a clip of 4 s');
    await expect.poll(() => player.evaluate((one: HTMLVideoElement) => one.duration)).toBeGreaterThan(2.9);
    await expect(page.getByRole('button', { name: 'Ask about a part' })).toHaveCount(0);
    await expect(page.getByPlaceholder('Ask about 2 clips')).toBeVisible();

    await ask(page, 'What happens?');
    await answered(page, 1);
    await expect(page.getByRole('button', { name: 'Look at tape.webm, a clip of 4 s' }).last()).toContainText(
      '0:04',
    );
    await ask(page, 'And then?');
    const second = await answered(page, 2);
    await expect(await figures(second)).toHaveText(/picture already read/);
    const origin = new URL(page.url()).origin;
    const own = [origin, `blob:${origin}`];
    const others = requests.filter((url) => !own.some((start) => url.startsWith(start)) && !isTrial(url));
    expect(others).toEqual([]);
  });

  test('clips under wrong names play by their contents', async ({ page }) => {
    // A video named .gif, as messengers send them, and animated pictures without a type or with a video's type.
    await add(page, { ...(await webm(page, 'cat.gif')), mimeType: 'image/gif' });
    await expect(tile(page, 'Look at cat.gif, a clip of 4 s')).toBeVisible();
    const player = page.locator('video[controls]');
    await expect.poll(() => player.evaluate((one: HTMLVideoElement) => one.duration)).toBeGreaterThan(2.9);

    for (const [name, mimeType] of [
      ['wave', ''],
      ['wave.mp4', 'video/mp4'],
    ] as const) {
      await add(page, { ...(await animation(name, 'gif')), mimeType });
      const picture = page.getByRole('img', { name: `${name}, a clip of 2 s`, exact: true });
      await expect
        .poll(() => picture.evaluate((one: HTMLImageElement) => one.naturalWidth))
        .toBeGreaterThan(0);
      await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
    }
  });

  test('the model answers about a MOV, and answers the next question after Stop in the middle of its frames', async ({
    page,
  }) => {
    await add(page, {
      ...{ name: 'phone.mov', mimeType: 'video/quicktime' },
      buffer: await makeClip(page, { ...WEBM, container: 'mov', codec: 'vp09.00.10.08' }),
    });
    await expectColour(tile(page, 'Look at phone.mov, a clip of 4 s').locator('img'), RED);
    await ask(page, 'What happens?');
    await answered(page, 1);
    const worker = page.workers().find((one) => one.url().includes('inference.worker'))!;
    // Make decoding as slow as for a long clip.
    const restore = await worker.evaluateHandle(() => {
      const Usual = VideoDecoder;
      self.VideoDecoder = class extends Usual {
        override async flush(): Promise<void> {
          await new Promise((resolve) => setTimeout(resolve, 4000));
          await super.flush();
        }
      };
      return () => (self.VideoDecoder = Usual);
    });
    await add(page, await webm(page));
    await ask(page, 'And here?');
    await expect(answers(page).getByText('Opening the clip').first()).toBeVisible();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(answers(page).getByText('Stopped.')).toBeVisible();
    await restore.evaluate((back) => back());
    await ask(page, 'And in the end?');
    expect(await said(await answered(page, 3))).not.toBe('');
  });

  test('the same clip gets the same answer twice; other frames get another answer', async ({ page }) => {
    const texts: string[] = [];
    const other: File = {
      ...{ name: 'other.webp', mimeType: 'image/webp' },
      buffer: await makeAnimation([RED, ...COLOURS.slice(1).reverse()], [500, 500, 500, 500], 'webp'),
    };
    for (const file of [await animation('a.webp', 'webp'), await animation('b.webp', 'webp'), other]) {
      await add(page, file);
      await expect(attachments(page).getByRole('button', { name: /^Remove / })).toBeVisible();
      await ask(page, 'What happens?');
      texts.push(await said(await answered(page, 1)));
      await page.getByRole('button', { name: 'New conversation' }).click();
    }
    expect(texts[0]).not.toBe('');
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).not.toBe(texts[0]);
  });

  test('the user drops a clip, and pastes one', async ({ page }) => {
    const { name, mimeType, buffer } = await webm(page);
    const dataTransfer = await page.evaluateHandle(
      ([base64, fileName, type]) => {
        const held = new DataTransfer();
        const bytes = Uint8Array.from(atob(base64 ?? ''), (char) => char.charCodeAt(0));
        held.items.add(new File([bytes], fileName ?? '', { type: type ?? '' }));
        return held;
      },
      [buffer.toString('base64'), name, mimeType],
    );
    await page.dispatchEvent('main', 'drop', { dataTransfer });
    await expect(tile(page, 'Remove tape.webm')).toHaveCount(1);
    await page.evaluate((held) => {
      window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: held, bubbles: true }));
    }, dataTransfer);
    await expect(tile(page, 'Remove tape.webm')).toHaveCount(2);
  });

  test('a still picture stays a picture, even in a format that can be animated', async ({ page }) => {
    const still = sharp(`${PICTURES}/odd.png`);
    await add(
      page,
      { name: 'still.gif', mimeType: 'image/gif', buffer: await still.clone().gif().toBuffer() },
      { name: 'still.webp', mimeType: 'image/webp', buffer: await still.clone().webp().toBuffer() },
    );
    for (const name of ['still.gif', 'still.webp']) {
      await expect(
        attachments(page).getByRole('button', { name: `Look at ${name}`, exact: true }),
      ).toBeVisible();
    }
    await expect(page.getByRole('button', { name: 'Ask about a part' })).toBeVisible();
  });

  test('a clip stays with its conversation in the history, an export and an import, and the user asks about it again', async ({
    page,
  }) => {
    await add(page, await webm(page));
    await expect(tile(page, 'Remove tape.webm')).toBeVisible();
    await ask(page, 'What happens?');
    const first = await said(await answered(page, 1));
    const panel = page.getByRole('dialog', { name: 'Conversations' });
    await page.getByRole('button', { name: 'Conversations' }).click();
    await panel.getByRole('switch').check();
    const kept = panel.getByRole('button', { name: 'Open “What happens?”' });
    await expect(kept).toBeVisible();
    const [json] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('button', { name: 'Save as JSON', exact: true }).click(),
    ]);
    const file = await json.path();

    const shown = page
      .getByRole('article', { name: 'You asked' })
      .getByRole('button', { name: 'Look at tape.webm, a clip of 4 s' });
    await page.reload();
    await page.getByRole('button', { name: 'Conversations' }).click();
    await kept.click();
    await expect(shown).toContainText('0:04');
    await page.getByRole('button', { name: 'Answer again' }).click();
    expect(await said(await answered(page, 1))).toBe(first);

    await page.getByRole('button', { name: 'Conversations' }).click();
    await panel.getByRole('button', { name: 'Delete all' }).click();
    await panel.getByRole('button', { name: 'Delete', exact: true }).click();
    await panel.getByLabel('Open a saved JSON file').setInputFiles(file);
    await expect(panel).toBeHidden();
    await expect(shown).toContainText('0:04');
    await page.getByRole('button', { name: 'Answer again' }).click();
    expect(await said(await answered(page, 1))).toBe(first);
  });

  const DAMAGED = /^.* was not added\. Damaged, or there is no moving picture in it\./;
  const EMPTY = /^empty\.mp4 was not added\. Empty:/;
  const UNPLAYABLE = /was not added\. This browser cannot play this kind of clip/;
  const LONG = /was not added\. Longer than 5 minutes/;
  const HEVC = 'hvc1.1.6.L93.B0';

  test('each bad clip ends in its own sentence, and the page keeps working', async ({ page }) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await ask(page, 'Hello?');
    const text = await said(await answered(page, 1));
    const tape = await makeClip(page, WEBM);
    const film = await makeClip(page, { ...WEBM, container: 'mp4', codec: 'vp09.00.10.08' });
    const gif = await makeAnimation(COLOURS, [500, 500, 500, 500], 'gif');
    const playsHevc = await page.evaluate(
      async (codec) => (await VideoDecoder.isConfigSupported({ codec })).supported === true,
      HEVC,
    );
    const spread = COLOURS.slice(0, 2).map((colour, index) => ({ at: index * 400, colour }));
    const files: [name: string, mimeType: string, buffer: Buffer, sentence: RegExp][] = [
      ['empty.mp4', 'video/mp4', Buffer.alloc(0), EMPTY],
      ['page.webm', 'video/webm', Buffer.from('<!doctype html><title>Log in</title>'), DAMAGED],
      ['header.mov', 'video/quicktime', Buffer.from('\0\0\0\x14ftypqt  \0\0\0\0qt  ', 'latin1'), DAMAGED],
      ['half.mp4', 'video/mp4', film.subarray(0, film.length / 2), DAMAGED],
      // Only the last frame is incomplete.
      ['cut.mp4', 'video/mp4', film.subarray(0, film.length - 8), DAMAGED],
      // The file ends where its first cluster would begin.
      ['none.webm', 'video/webm', tape.subarray(0, tape.indexOf(Buffer.from('1f43b675', 'hex'))), DAMAGED],
      ['sound.webm', 'video/webm', await makeClip(page, { ...WEBM, soundOnly: true }), DAMAGED],
      ['long.webm', 'video/webm', await makeClip(page, { ...WEBM, frames: spread, last: 1 }), LONG],
      ['torn.gif', 'image/gif', gif.subarray(0, 20), DAMAGED],
    ];
    if (!playsHevc) {
      const phone = await makeClip(page, { ...WEBM, container: 'mp4', codec: HEVC });
      files.push(['phone.mov', 'video/quicktime', phone, UNPLAYABLE]);
    }
    for (const [name, mimeType, buffer, sentence] of files) {
      await test.step(name, async () => {
        await add(page, { name, mimeType, buffer });
        const refusal = page.getByRole('alert');
        await expect(refusal).toContainText(name, { timeout: 15_000 });
        await expect(refusal).toHaveText(sentence);
        await refusal.getByRole('button', { name: 'Dismiss' }).click();
        await expect(refusal).toHaveCount(0);
      });
    }
    await expect(attachments(page)).toHaveCount(0);
    expect(await said(answers(page).first())).toBe(text);
    await add(page, await webm(page));
    await expect(tile(page, 'Remove tape.webm')).toBeVisible();
    expect(errors).toEqual([]);
  });

  test('the page gives up a decoder that never answers', async ({ page }) => {
    await add(page, await webm(page, 'before.webm'));
    await expect(tile(page, 'Remove before.webm')).toBeVisible();
    const worker = page.workers().find((one) => one.url().includes('media.worker'));
    await worker?.evaluate(() => {
      VideoDecoder.isConfigSupported = () => new Promise(() => undefined);
    });
    await add(page, await webm(page));
    await expect(page.getByRole('alert')).toHaveText(/tape\.webm was not added\. Damaged, or/, {
      timeout: 60_000,
    });
    await add(page, await animation('wave.gif', 'gif'));
    await expect(tile(page, 'Remove wave.gif')).toBeVisible();
  });
});

test('a sample clip stands still in the list, and the built-in model answers its questions rightly @main', async ({
  page,
}) => {
  const { index, file, questions } = sampleOf('clips');
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 60 });
  for (const { words, answer } of questions) {
    const sample = page.getByRole('button', { name: /^Sample (clip|picture)/ }).nth(index);
    await expect(sample).toHaveAccessibleName(/^Sample clip/);
    await expect(sample).toContainText(/0:0\d/);
    const shown = await sample.locator('img').getAttribute('src');
    expect((await sharp(await (await page.request.get(shown!)).body()).metadata()).pages ?? 1).toBe(1);
    await sample.click();
    await expect(tile(page, `Look at ${basename(file)}, a clip of`)).toBeVisible();
    await page.getByRole('button', { name: words, exact: true }).click();
    expect(await said(await answered(page, 1))).toBe(answer);
    await page.getByRole('button', { name: 'New conversation' }).click();
  }
});
