// Tests that a browser that was left running in a kiosk's profile does not prevent the next one from starting.

import { expect, test } from '@playwright/test';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrowserProcess } from '../weights/browser-process.ts';

test.skip(process.platform !== 'linux', 'processes and locks are looked up as Linux has them');

let profile: string;
test.beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'kiosk-profile-'));
});
test.afterEach(() => {
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
});

/** Processes that were started for this profile (Linux). */
function processes(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(profile);
    } catch {
      return false;
    }
  });
}

test('a browser whose supervisor was killed gives way to the next one', async () => {
  const left = await BrowserProcess.start(profile);
  const next = await BrowserProcess.start(profile);
  try {
    expect(left.isRunning).toBe(false);
    const page = await next.page('about:blank');
    expect(await page.evaluate(() => 1 + 1)).toBe(2);
  } finally {
    await next.kill();
  }
});

test('a browser that does not answer in time is not left running', async () => {
  await expect(BrowserProcess.start(profile, undefined, [], 1)).rejects.toThrow('does not answer');
  await expect.poll(processes).toEqual([]);
});
