// A Chromium of one's own, with a profile that outlives it, so that it can be killed as a whole.

import { chromium, type Browser, type Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findChromium } from '../test/chromium.ts';

export class BrowserProcess {
  readonly #child: ChildProcess;
  readonly #browser: Browser;

  private constructor(child: ChildProcess, browser: Browser) {
    this.#child = child;
    this.#browser = browser;
  }

  /** `looks`: how it appears on the screen, by default not at all; `more`: further arguments. */
  static async start(
    profile: string,
    looks: readonly string[] = ['--headless=new'],
    more: readonly string[] = [],
  ): Promise<BrowserProcess> {
    const portFile = join(profile, 'DevToolsActivePort');
    rmSync(portFile, { force: true });
    const args = [
      ...looks,
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--enable-unsafe-webgpu',
      '--disable-background-networking',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      ...more,
      'about:blank',
    ];
    // A group of its own: killing it takes the browser's children along.
    const child = spawn(findChromium() ?? 'chromium', args, { detached: true, stdio: 'ignore' });
    while (!existsSync(portFile) || readFileSync(portFile, 'utf8').split('\n').length < 2) {
      if (child.exitCode !== null) throw new Error(`Chromium ended with ${child.exitCode}.`);
      await sleep(50);
    }
    const port = readFileSync(portFile, 'utf8').split('\n')[0] ?? '';
    return new BrowserProcess(child, await chromium.connectOverCDP(`http://127.0.0.1:${port}`));
  }

  async page(url: string): Promise<Page> {
    const context = this.#browser.contexts()[0] ?? (await this.#browser.newContext());
    const page = await context.newPage();
    await page.goto(url);
    return page;
  }

  /** Whether the process is there still. */
  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Has Chromium lose its GPU process. */
  async crashGpu(): Promise<void> {
    const session = await this.#browser.newBrowserCDPSession();
    // It may be gone before it answers.
    await session.send('Browser.crashGpuProcess').catch(() => undefined);
    await session.detach().catch(() => undefined);
  }

  /** At once, as a power cut would. */
  async kill(): Promise<void> {
    const { pid, exitCode } = this.#child;
    if (pid === undefined || exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    process.kill(-pid, 'SIGKILL');
    await ended;
    await this.#browser.close().catch(() => undefined);
  }
}
