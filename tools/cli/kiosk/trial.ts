// A trial of the kiosk: visitors come one after the other, the GPU crashes twice, and the browser is killed once. At
// the end, the kiosk must answer correctly and have stored no picture.

import type { Page } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { picturesKept } from './no-picture.ts';
import type { Supervisor } from './supervisor.ts';
import { Visitors } from './visitors.ts';

/** The times of the events, as shares of the trial's length. */
const GPU_CRASHES = [0.25, 0.5];
const KILL = 0.75;

/** Runs the trial and prints a summary; returns whether the kiosk passed. */
export async function trial(supervisor: Supervisor, minutes: number, backend: string): Promise<boolean> {
  const visitors = new Visitors(1);
  const first = await pageOf(supervisor);
  if (backend !== 'auto') {
    await first.evaluate((chosen) => localStorage.setItem('darkroom.backend', chosen), backend);
    await first.reload();
  }
  const began = Date.now();
  const share = (): number => (Date.now() - began) / (minutes * 60_000);
  const crashes = [...GPU_CRASHES];
  let isKilled = false;
  let killed = Promise.resolve();
  while (share() < 1) {
    const page = await pageOf(supervisor);
    if (crashes[0] !== undefined && share() >= crashes[0]) {
      crashes.shift();
      console.log('the GPU process crashes');
      // Crash in the middle of the visit that begins now.
      void sleep(1500).then(() => supervisor.browser?.crashGpu());
    }
    if (!isKilled && share() >= KILL) {
      isKilled = true;
      console.log('the browser is killed');
      killed = sleep(1500).then(() => supervisor.browser?.kill());
    }
    if (!(await visitors.visit(page))) await recover(page);
  }
  await killed;
  // The last visit must succeed.
  const page = await pageOf(supervisor);
  const isAnswering =
    (await visitors.visit(page)) || (await recover(page), await visitors.visit(await pageOf(supervisor)));
  const kept = await picturesKept(await pageOf(supervisor));
  const statistics = await page.evaluate(() => localStorage.getItem('darkroom.kiosk-statistics'));
  const { counts } = visitors;
  console.log(
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', '),
  );
  console.log(`the browser was started ${supervisor.starts} times; pictures kept: ${kept.join() || 'none'}`);
  console.log(`the kiosk's own count: ${statistics ?? 'none'}`);
  console.log(isAnswering ? 'It is answering at the end.' : 'It does not answer at the end.');
  return isAnswering && kept.length === 0 && counts.wrong === 0 && supervisor.starts >= 2;
}

/** Waits for the page that the supervisor shows. */
async function pageOf(supervisor: Supervisor): Promise<Page> {
  for (;;) {
    const { page } = supervisor;
    if (page?.isClosed() === false) return page;
    await sleep(500);
  }
}

/** After a failed visit, waits without touching the page until it invites visitors again. */
async function recover(page: Page): Promise<void> {
  await page
    .locator('main.attract')
    .waitFor({ timeout: 100_000 })
    .catch(() => undefined);
}
