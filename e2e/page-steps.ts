// The steps that lead the page to its states. They find controls by their names in both languages.

import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { CONVERSATION, SCENE } from './scene.ts';

export const ASK = /^(Ask|提问)$/;
export const STOP = /^(Stop|停止)$/;
export const QUESTION = /^(Question|问题)$/;
export const IMPORT = /Open a saved JSON file|打开保存的 JSON 文件/;
export const KEEP = /Keep conversations on this device|在本设备上保存对话/;
export const PICTURES = /^(Add pictures or clips|添加图片或短片)$/;
export const SAMPLE = /^(Sample (picture|clip)|示例(图片|短片))/;
export const PAUSE = /^(Pause|暂停)$/;
export const REMOVE = /^(Remove|移除) /;
export const SUGGESTIONS = /^(Ask about it|可以这样问)/;
const ANEW = /^(New conversation|新对话)$/;
const DISMISS = /^(Dismiss|知道了)$/;
const CLOSE_EXPERTS = /^(Close the experts|关闭专家视图)$/;
/** On a phone, this menu contains the buttons that open the panels. */
const MENU = /^(More|更多)$/;
const TOOLS = {
  history: /^(Conversations|对话记录)$/,
  settings: /^(Settings|设置)$/,
  privacy: /^(Privacy|隐私)$/,
  experts: /^(Experts at work|正在工作的专家)$/,
};
/** The button that shows the answering model, and the model's loading state until it is ready. */
export const MODEL_BUTTON = 'header .model button';
export const READY = 60_000;
/** The state that this button keeps showing if the model runs on the processor. */
const ON_PROCESSOR = /on this processor|处理器/;

/** Asks the first suggested question about a sample and waits for the answer. */
export async function askSample(page: Page, index: number): Promise<void> {
  await page.getByRole('button', { name: SAMPLE }).nth(index).click();
  await page.getByRole('group', { name: SUGGESTIONS }).getByRole('button').first().click();
  await page.locator('article footer').waitFor({ timeout: READY });
}

/** Waits until the model is ready. After that, nothing on the page changes by itself. */
export async function settled(page: Page): Promise<void> {
  await page.locator(MODEL_BUTTON).waitFor();
  const onItsWay = page.locator(`${MODEL_BUTTON} .state`).filter({ hasNotText: ON_PROCESSOR });
  await onItsWay.waitFor({ state: 'detached', timeout: READY });
}

/** Closes dialogs, notices and experts, begins a new conversation without pictures, and empties the question field. */
export async function startAnew(page: Page): Promise<void> {
  const layers = page.locator('dialog[open], [popover]:popover-open');
  while ((await layers.count()) > 0) await page.keyboard.press('Escape');
  for (const name of [DISMISS, CLOSE_EXPERTS, ANEW]) {
    const button = page.getByRole('button', { name });
    if (await button.isVisible()) await button.click();
  }
  await page.getByRole('textbox', { name: QUESTION }).fill('');
  const left = page.locator('article').or(page.getByRole('button', { name: REMOVE }));
  await left.first().waitFor({ state: 'detached' });
}

/** Blocks the model's worker, so that the answer does not change while the test looks at the page. */
export function hold(page: Page): void {
  const worker = page.workers().find((one) => one.url().includes('inference.worker'));
  const blocked = worker?.evaluate(() => {
    const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    Atomics.wait(new Int32Array(buffer), 0, 0, 60_000);
  });
  // The call fails when the page closes.
  blocked?.catch(() => undefined);
}

export async function openMenu(page: Page): Promise<void> {
  const menu = page.getByRole('button', { name: MENU });
  if (await menu.isVisible()) await menu.click();
}

export async function tool(page: Page, name: keyof typeof TOOLS): Promise<void> {
  await openMenu(page);
  await page.getByRole('button', { name: TOOLS[name] }).click();
}

export async function ask(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: QUESTION }).fill('What is on the desk?');
  await page.getByRole('button', { name: ASK }).click();
}

export async function addScene(page: Page): Promise<void> {
  const buffer = Buffer.from(await drawScene(page), 'base64');
  await page.getByLabel(PICTURES).first().setInputFiles({ name: 'desk.png', mimeType: 'image/png', buffer });
  await page.getByRole('button', { name: ASK }).waitFor();
}

/** Adds `count` pictures to the next question, each with its own shade. */
export async function addMany(page: Page, count: number): Promise<void> {
  const files = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const background = { r: 250 - 7 * i, g: 250, b: 250 - 3 * i };
      const image = sharp({ create: { width: 160, height: 120, channels: 3, background } });
      return { name: `card-${i + 1}.png`, mimeType: 'image/png', buffer: await image.png().toBuffer() };
    }),
  );
  await page.getByLabel(PICTURES).first().setInputFiles(files);
  await page
    .getByRole('button', { name: REMOVE })
    .nth(count - 1)
    .waitFor();
}

/** Opens a conversation whose answer has boxes, by importing it as a file in the page's own export format. */
export async function openConversation(
  page: Page,
  file?: Film,
  conversation: object = CONVERSATION,
): Promise<void> {
  const data = file?.buffer.toString('base64') ?? (await drawScene(page));
  const { name, mimeType: type } = file ?? { name: 'desk.png', mimeType: 'image/png' };
  const photos = [{ id: 'desk', name, type, part: null, data }];
  const json = JSON.stringify({ ...conversation, photos });
  await tool(page, 'history');
  await page
    .getByLabel(IMPORT)
    .setInputFiles({ name: 'desk.json', mimeType: 'application/json', buffer: Buffer.from(json) });
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await page.locator('article footer').first().waitFor();
}

interface Film {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** The scene as an animated WebP of three seconds: for two seconds as it is, then for one second mirrored. */
export async function filmScene(page: Page): Promise<Buffer> {
  const scene = sharp(Buffer.from(await drawScene(page), 'base64'))
    .resize(600)
    .removeAlpha();
  const shots = await Promise.all([scene.clone(), scene.clone().flop()].map((one) => one.raw().toBuffer()));
  const raw = { width: 600, height: 900, channels: 3, pageHeight: 450 } as const;
  return sharp(Buffer.concat(shots), { raw })
    .webp({ delay: [2000, 1000] })
    .toBuffer();
}

/** The scene as a PNG in base64, drawn by the browser under test. */
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
