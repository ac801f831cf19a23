// The states of the page that are looked at: brought about as a person would, in either language. Used by
// the accessibility test and by the screenshots.

import type { Page } from '@playwright/test';
import { CONVERSATION, SCENE } from './scene.ts';

export const STATES = ['empty', 'answering', 'answered', 'library', 'failure'] as const;
export type State = (typeof STATES)[number];

/** Names in both languages. */
const ASK = /^(Ask|提问)$/;
const STOP = /^(Stop|停止)$/;
const QUESTION = /^(Question|问题)$/;
const CONVERSATIONS = /^(Conversations|对话记录)$/;
const IMPORT = /Open a saved JSON file|打开保存的 JSON 文件/;
const PICTURES = /^(Add pictures|添加图片)$/;
/** Tells which model answers, and where it is until it is ready. */
const MODEL_BUTTON = 'header .model button';
const READY = 60_000;
/** What stays there where no graphics processor answers. */
const ON_PROCESSOR = /on the processor|处理器/;

/** Opens the page in a state. The service worker must be blocked: requests are held up here. */
export async function bring(page: Page, state: State): Promise<void> {
  // A model that never comes: what the page says then.
  if (state === 'failure') await page.route(/inference\.worker[^/]*\.[jt]s/, (route) => route.abort());
  await page.goto('/');
  await page.getByRole('textbox', { name: QUESTION }).waitFor();
  switch (state) {
    case 'empty':
      await settled(page);
      return;
    case 'answered':
      return answered(page);
    case 'library':
      await settled(page);
      await page.locator(MODEL_BUTTON).click();
      await page.locator('dialog[open] article').first().waitFor();
      return;
    case 'answering':
      await settled(page);
      await addScene(page);
      await ask(page);
      await page.getByRole('button', { name: STOP }).waitFor();
      return;
    case 'failure':
      await addScene(page);
      await ask(page);
      await page.getByRole('alert').first().waitFor({ timeout: READY });
  }
}

/** Until the built-in model is on the device: the page then stands still. */
async function settled(page: Page): Promise<void> {
  await page.locator(MODEL_BUTTON).waitFor();
  const onItsWay = page.locator(`${MODEL_BUTTON} .state`).filter({ hasNotText: ON_PROCESSOR });
  await onItsWay.waitFor({ state: 'detached', timeout: READY });
}

async function ask(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: QUESTION }).fill('What is on the desk?');
  await page.getByRole('button', { name: ASK }).click();
}

async function addScene(page: Page): Promise<void> {
  const buffer = Buffer.from(await drawScene(page), 'base64');
  await page.getByLabel(PICTURES).first().setInputFiles({ name: 'desk.png', mimeType: 'image/png', buffer });
  await page.getByRole('button', { name: ASK }).waitFor();
}

/** A conversation with boxes, brought in as the file that the page itself exports. */
async function answered(page: Page): Promise<void> {
  const photos = [
    { id: 'desk', name: 'desk.png', type: 'image/png', part: null, data: await drawScene(page) },
  ];
  const json = JSON.stringify({ ...CONVERSATION, photos });
  await page.getByRole('button', { name: CONVERSATIONS }).click();
  await page
    .getByLabel(IMPORT)
    .setInputFiles({ name: 'desk.json', mimeType: 'application/json', buffer: Buffer.from(json) });
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await page.getByText('spiral').first().waitFor();
  await settled(page);
}

/** The scene as a PNG in base64; drawn by the browser that is at hand. */
function drawScene(page: Page): Promise<string> {
  return page.evaluate(async (svg) => {
    const image = new Image();
    image.src = `data:image/svg+xml;base64,${btoa(svg)}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: 1200, height: 900 });
    canvas.getContext('2d')?.drawImage(image, 0, 0, 1200, 900);
    return canvas.toDataURL('image/png').split(',')[1] ?? '';
  }, SCENE);
}
