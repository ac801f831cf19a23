// The states in which the page shows a notice, an offer or a question. The steps reach these states by a user's
// actions.

import type { Page } from '@playwright/test';
import {
  addMany,
  addScene,
  KEEP,
  MODEL_BUTTON,
  openConversation,
  PICTURES,
  QUESTION,
  settled,
  tool,
} from './page-steps.ts';
import { tabRecords } from './person.ts';
import { CONVERSATION } from './scene.ts';

export const NOTICE_STATES = [
  'framed',
  'part',
  'compared',
  'refused',
  'too many',
  'queued',
  'tables',
  'repeated',
  'thought',
  'history offer',
  'history search',
  'tab offer',
  'suspect',
  'missing part',
  'install',
  'camera',
  'large model',
  'link',
] as const;
type NoticeState = (typeof NOTICE_STATES)[number];

export const isNoticeState = (state: string): state is NoticeState =>
  (NOTICE_STATES as readonly string[]).includes(state);

const PART = /^(Ask about a part|就局部提问)$/;
const TAKE_PART = /^(Take this part|选用此局部)$/;
const COMPARE = /^(Compare two pictures|比较两张图片)$/;
const CAMERA = /^(Take a picture|拍照)$/;
const KEEP_OFFER = /^(Keep them|保存)$/;
/** Too large for WebAssembly's memory, so the page warns on every device without a graphics processor. */
const DOWNLOAD_8B = /^(Download|下载) ?Qwen3-VL 8B/;
const LINK = /^(Link|链接)$/;

/** Prepares a state before the page opens. */
export async function beforeNotice(page: Page, state: NoticeState): Promise<void> {
  if (state === 'queued') await page.route(/media\.worker[^/]*\.js/, () => undefined);
  if (state === 'missing part') await page.route(/katex-[^/]*\.js/, (route) => route.abort());
  if (state === 'tab offer') await leaveKilledPage(page);
  if (state === 'suspect') {
    await page.goto('/');
    await settled(page);
    // Pretend that two pages died while the built-in model was loading or answering.
    await page.evaluate(() => {
      for (const each of ['a', 'b']) localStorage.setItem(`darkroom.loading.${each}`, 'demo');
    });
  }
}

export function reachNotice(page: Page, state: NoticeState): Promise<void> {
  return STEPS[state](page);
}

const STEPS: Record<NoticeState, (page: Page) => Promise<void>> = {
  framed: async (page) => {
    await addScene(page);
    await page.getByRole('button', { name: PART }).click();
    await page.getByRole('status').filter({ hasText: 'desk.png' }).first().waitFor();
  },
  part: async (page) => {
    await STEPS.framed(page);
    await page.getByRole('button', { name: TAKE_PART }).click();
    await page.getByRole('button', { name: TAKE_PART }).waitFor({ state: 'detached' });
  },
  compared: async (page) => {
    await addMany(page, 2);
    await page.getByRole('button', { name: COMPARE }).click();
    await page.getByRole('img', { name: 'card-2.png' }).first().waitFor();
  },
  refused: async (page) => {
    const contents = { 'empty.png': '', 'plan.pdf': '%PDF-1.7', 'note.jpg': 'text', 'drawing.svg': '<svg/>' };
    const files = Object.entries(contents).map(([name, text]) => ({
      name,
      mimeType: 'image/png',
      buffer: Buffer.from(text),
    }));
    await page.getByLabel(PICTURES).first().setInputFiles(files);
    await page.getByRole('alert').filter({ hasText: 'plan.pdf' }).waitFor();
  },
  'too many': async (page) => {
    await addMany(page, 3);
    await page
      .getByRole('status')
      .filter({ hasText: /can compare 2|最多接受 2/ })
      .waitFor();
  },
  queued: async (page) => {
    const buffer = Buffer.from('held up');
    await page.getByLabel(PICTURES).first().setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer });
    await page.getByRole('textbox', { name: QUESTION }).fill('What is this?');
    await page.getByRole('textbox', { name: QUESTION }).press('Enter');
    await page.getByText(/Asked as soon as|打开后/).waitFor();
  },
  tables: (page) => openAnswers(page, TABLES),
  repeated: (page) =>
    openAnswers(page, [{ answer: 'The text is too small. '.repeat(24), reason: 'repetition' }]),
  thought: (page) => openAnswers(page, [{ answer: 'Let me look at it', reason: 'length', thinks: true }]),
  'history offer': async (page) => {
    await openConversation(page);
    await page.getByRole('button', { name: KEEP_OFFER }).waitFor();
  },
  'history search': async (page) => {
    await openConversation(page);
    await tool(page, 'history');
    await page.getByLabel(KEEP).check();
    await page.locator('dialog[open] li img').first().waitFor();
    await page.getByRole('searchbox').fill('desk');
    await page
      .locator('dialog[open]')
      .getByText(/1 of 1|共 1 个，找到 1 个/)
      .waitFor();
  },
  'tab offer': async (page) => {
    await page
      .getByRole('status')
      .filter({ hasText: /last conversation|上次的对话/ })
      .waitFor();
  },
  suspect: async (page) => {
    await page
      .getByRole('status')
      .filter({ hasText: /too large for this device|可能/ })
      .waitFor();
  },
  'missing part': async (page) => {
    await openAnswers(page, [{ answer: 'So it is $x^2$.', reason: 'eos' }]);
    await page
      .getByText(/could not be loaded|无法加载/)
      .first()
      .waitFor();
  },
  install: async (page) => {
    // Chromium decides when to fire this event, and never fires it in a test.
    await page.evaluate(() => {
      const prompt = (): Promise<{ outcome: string }> => Promise.resolve({ outcome: 'dismissed' });
      window.dispatchEvent(Object.assign(new Event('beforeinstallprompt', { cancelable: true }), { prompt }));
    });
    await tool(page, 'settings');
    await page.locator('dialog[open] summary').waitFor();
  },
  camera: async (page) => {
    await page.getByRole('button', { name: CAMERA }).click();
    await page.locator('dialog[open]').waitFor();
  },
  'large model': async (page) => {
    await openLibrary(page);
    await page.getByRole('button', { name: DOWNLOAD_8B }).first().click();
    await page.locator('dialog[open]').getByRole('alert').waitFor();
  },
  link: async (page) => {
    await openLibrary(page);
    await page.getByLabel(LINK).fill('Qwen/Qwen3-VL-8B-Instruct');
    await page.getByLabel(LINK).press('Enter');
    await page.locator('dialog[open] .wish').waitFor();
  },
};

async function openLibrary(page: Page): Promise<void> {
  await page.locator(MODEL_BUTTON).click();
  await page.locator('dialog[open] article').first().waitFor();
}

/** Types part of a question on another page of this browser, and kills that page. */
async function leaveKilledPage(page: Page): Promise<void> {
  const other = await page.context().newPage();
  await other.goto('/');
  await settled(other);
  await other.getByRole('textbox', { name: QUESTION }).fill('What is on the desk?');
  while ((await tabRecords(other)) === 0) await other.waitForTimeout(100);
  const session = await page.context().newCDPSession(other);
  const crash = other.waitForEvent('crash');
  // Chromium never answers this command, because the page is gone.
  session.send('Page.crash').catch(() => undefined);
  await crash;
  await other.close();
}

interface Answered {
  answer: string;
  reason: 'eos' | 'length' | 'repetition';
  thinks?: boolean;
}

const TABLES: Answered[] = [
  { answer: '[{"item": "Tea", "price": 3.5}, {"item": "Cake", "price": 4}]', reason: 'eos' },
  { answer: '[]', reason: 'eos' },
  { answer: '```json\n[{"bbox_2d": [1, 2, 30, 40], "label": "a"}, {"bbox', reason: 'eos' },
  {
    answer: '[{"bbox_2d": [1, 2, 30], "label": "b"}, {"bbox_2d": [1, 2, 30, 40], "label": "c"}]',
    reason: 'eos',
  },
];

/** Opens a conversation about the scene with these answers. */
async function openAnswers(page: Page, answers: readonly Answered[]): Promise<void> {
  const [first] = CONVERSATION.turns;
  const turns = answers.map(({ answer, reason, thinks = false }, at) => ({
    ...first,
    id: `turn-${at}`,
    photos: at === 0 ? ['desk'] : [],
    answer,
    thoughtMs: thinks ? 4000 : null,
    answerer: { ...first?.answerer, thinks },
    ending: { kind: 'answered', facts: { ...first?.ending.facts, reason } },
  }));
  await openConversation(page, undefined, { ...CONVERSATION, turns });
}
