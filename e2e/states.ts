// The states of the page that are looked at: brought about as a person would, in either language. Used by
// the accessibility test and by the screenshots.

import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { sampleOf } from './samples.ts';
import { CONVERSATION, SCENE } from './scene.ts';

export const STATES = [
  'empty',
  'sample',
  'own',
  'fourteen',
  'thirty',
  'answering',
  'answered',
  'clip',
  'located',
  'experts',
  'failure',
  'menu',
  'library',
  'settings',
  'history',
  'privacy',
] as const;
export type State = (typeof STATES)[number];

/** Names in both languages. */
const ASK = /^(Ask|提问)$/;
const STOP = /^(Stop|停止)$/;
const QUESTION = /^(Question|问题)$/;
const IMPORT = /Open a saved JSON file|打开保存的 JSON 文件/;
const KEEP = /Keep conversations on this device|在本设备上保存对话/;
const PICTURES = /^(Add pictures or clips|添加图片或短片)$/;
const SAMPLE = /^(Sample (picture|clip)|示例(图片|短片))/;
const PAUSE = /^(Pause|暂停)$/;
const REMOVE = /^(Remove|移除) /;
const SUGGESTIONS = /^(Ask about it|可以这样问)/;
/** On a phone the ways to the panels are in a menu. */
const MENU = /^(More|更多)$/;
const TOOLS = {
  history: /^(Conversations|对话记录)$/,
  settings: /^(Settings|设置)$/,
  privacy: /^(Privacy|隐私)$/,
  experts: /^(Experts at work|正在工作的专家)$/,
};
/** Tells which model answers, and where it is until it is ready. */
const MODEL_BUTTON = 'header .model button';
const READY = 60_000;
/** What stays there where no graphics processor answers. */
const ON_PROCESSOR = /on this processor|处理器/;

/** Opens the page in a state. The service worker must be blocked: requests are held up here. */
export async function bring(page: Page, state: State): Promise<void> {
  // A model that never comes: what the page says then.
  if (state === 'failure') await page.route(/inference\.worker[^/]*\.[jt]s/, (route) => route.abort());
  await page.goto('/');
  await page.getByRole('textbox', { name: QUESTION }).waitFor();
  if (state === 'failure') {
    await addScene(page);
    await ask(page);
    await page.getByRole('alert').first().waitFor({ timeout: READY });
    return;
  }
  await settled(page);
  await STEPS[state](page);
  await page.waitForFunction(() =>
    Array.from(document.images).every((image) => image.complete || image.loading === 'lazy'),
  );
}

const STEPS: Record<Exclude<State, 'failure'>, (page: Page) => Promise<void>> = {
  empty: async () => {
    // As it is.
  },
  sample: async (page) => {
    await page.getByRole('button', { name: SAMPLE }).first().click();
    await page.getByRole('group', { name: SUGGESTIONS }).waitFor();
    await page.getByRole('button', { name: REMOVE }).waitFor();
  },
  own: (page) => addMany(page, 1),
  fourteen: (page) => addMany(page, 14),
  thirty: (page) => addMany(page, 30),
  answering: async (page) => {
    await addScene(page);
    await ask(page);
    hold(page);
    await page.getByRole('button', { name: STOP }).waitFor();
  },
  answered: (page) => openConversation(page),
  clip: async (page) => {
    const file = { name: 'desk.webp', mimeType: 'image/webp', buffer: await filmScene(page) };
    await openConversation(page, file);
    await page.getByLabel(PICTURES).first().setInputFiles(file);
    await page.getByRole('button', { name: REMOVE }).waitFor();
    await page.getByRole('button', { name: PAUSE }).click();
  },
  located: async (page) => {
    await askSample(page, sampleOf('grounding').index);
    await page.locator('article th').first().waitFor();
  },
  experts: async (page) => {
    await askSample(page, 0);
    await tool(page, 'experts');
    await page.locator('figure canvas').waitFor();
  },
  menu: async (page) => {
    const menu = page.getByRole('button', { name: MENU });
    if (await menu.isVisible()) await menu.click();
  },
  library: async (page) => {
    await page.locator(MODEL_BUTTON).click();
    await page.locator('dialog[open] article').first().waitFor();
  },
  settings: async (page) => {
    await tool(page, 'settings');
    await page.locator('dialog[open] summary').click();
  },
  history: async (page) => {
    await openConversation(page);
    await tool(page, 'history');
    await page.getByLabel(KEEP).check();
    await page.locator('dialog[open] li').first().waitFor();
  },
  privacy: async (page) => {
    await tool(page, 'privacy');
    await page.locator('dialog[open] section').last().waitFor();
  },
};

/** The first suggested question about a sample; until it is answered. */
async function askSample(page: Page, index: number): Promise<void> {
  await page.getByRole('button', { name: SAMPLE }).nth(index).click();
  await page.getByRole('group', { name: SUGGESTIONS }).getByRole('button').first().click();
  await page.locator('article footer').waitFor({ timeout: READY });
}

/** Until the built-in model is on the device: the page then stands still. */
async function settled(page: Page): Promise<void> {
  await page.locator(MODEL_BUTTON).waitFor();
  const onItsWay = page.locator(`${MODEL_BUTTON} .state`).filter({ hasNotText: ON_PROCESSOR });
  await onItsWay.waitFor({ state: 'detached', timeout: READY });
}

/** The model stops where it is, for as long as the page is looked at. */
function hold(page: Page): void {
  const worker = page.workers().find((one) => one.url().includes('inference.worker'));
  const blocked = worker?.evaluate(() => {
    const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    Atomics.wait(new Int32Array(buffer), 0, 0, 60_000);
  });
  // It ends with the page.
  blocked?.catch(() => undefined);
}

async function tool(page: Page, name: keyof typeof TOOLS): Promise<void> {
  await STEPS.menu(page);
  await page.getByRole('button', { name: TOOLS[name] }).click();
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

/** So many pictures for the next question, each of another shade. */
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

/** A conversation with boxes, brought in as the file that the page itself exports. */
async function openConversation(page: Page, file?: Film): Promise<void> {
  const data = file?.buffer.toString('base64') ?? (await drawScene(page));
  const { name, mimeType: type } = file ?? { name: 'desk.png', mimeType: 'image/png' };
  const photos = [{ id: 'desk', name, type, part: null, data }];
  const json = JSON.stringify({ ...CONVERSATION, photos });
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

/** The scene as a clip of three seconds: it lies still, then is seen from its other side. */
async function filmScene(page: Page): Promise<Buffer> {
  const scene = sharp(Buffer.from(await drawScene(page), 'base64'))
    .resize(600)
    .removeAlpha();
  const shots = await Promise.all([scene.clone(), scene.clone().flop()].map((one) => one.raw().toBuffer()));
  const raw = { width: 600, height: 900, channels: 3, pageHeight: 450 } as const;
  return sharp(Buffer.concat(shots), { raw })
    .webp({ delay: [2000, 1000] })
    .toBuffer();
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
