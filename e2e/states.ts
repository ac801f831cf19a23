// The states of the page for the accessibility test and the screenshots. The steps reach these states by a user's
// actions, in either language.

import type { Page } from '@playwright/test';
import { beforeNotice, reachNotice, isNoticeState, NOTICE_STATES } from './notice-states.ts';
import {
  addMany,
  addScene,
  ask,
  askSample,
  filmScene,
  hold,
  KEEP,
  MODEL_BUTTON,
  openConversation,
  openMenu,
  PAUSE,
  PICTURES,
  QUESTION,
  READY,
  REMOVE,
  SAMPLE,
  settled,
  startAnew,
  STOP,
  SUGGESTIONS,
  tool,
} from './page-steps.ts';
import { sampleOf } from './samples.ts';

const PAGE_STATES = [
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
export const STATES = [...PAGE_STATES, ...NOTICE_STATES] as const;
export type State = (typeof STATES)[number];

/** States that need a separate page, because they change it before it opens, or leave it unusable for other states. */
const ALONE: ReadonlySet<State> = new Set([
  // These states turn the history on. Later conversations then appear in its list, and the offer to keep them does not
  // return.
  'history',
  'history search',
  'answering',
  'failure',
  'queued',
  'tab offer',
  'suspect',
  'missing part',
] as const);
export const isAlone = (state: State): boolean => ALONE.has(state);

/** Proceeds to a state from another state of the same page. Neither state may need a separate page. */
export async function goOn(page: Page, state: State): Promise<void> {
  if (state === 'failure') throw new Error('The model is there by now.');
  await startAnew(page);
  await reach(page, state);
}

/**
 * Opens the page in a state. The test must block service workers, because Playwright does not intercept requests that
 * go through a service worker.
 */
export async function openInState(page: Page, state: State): Promise<void> {
  // Without its worker the model can never load.
  if (state === 'failure') await page.route(/inference\.worker[^/]*\.[jt]s/, (route) => route.abort());
  if (isNoticeState(state)) await beforeNotice(page, state);
  await page.goto('/');
  await page.getByRole('textbox', { name: QUESTION }).waitFor();
  if (state === 'failure') {
    await addScene(page);
    await ask(page);
    await page.getByRole('alert').first().waitFor({ timeout: READY });
    return;
  }
  await settled(page);
  await reach(page, state);
}

async function reach(page: Page, state: Exclude<State, 'failure'>): Promise<void> {
  await (isNoticeState(state) ? reachNotice(page, state) : STEPS[state](page));
  await page.waitForFunction(() =>
    Array.from(document.images).every((image) => image.complete || image.loading === 'lazy'),
  );
}

const STEPS: Record<Exclude<(typeof PAGE_STATES)[number], 'failure'>, (page: Page) => Promise<void>> = {
  empty: async () => {
    // The page is in this state when it opens.
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
    await openMenu(page);
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
