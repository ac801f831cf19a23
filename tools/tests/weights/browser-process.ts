// Runs a separate Chromium process, whose profile outlives it, so that a test can kill the whole browser.

import { chromium, type Browser, type Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findChromium } from '../support/chromium.ts';

/** Time within which a browser must start, even on a busy machine. */
const START_WITHIN_MS = 60_000;

export class BrowserProcess {
  readonly #child: ChildProcess;
  readonly #browser: Browser;

  private constructor(child: ChildProcess, browser: Browser) {
    this.#child = child;
    this.#browser = browser;
  }

  /**
   * `looks` are the arguments that decide how the browser appears on the screen (by default it is headless), and `more`
   * are further arguments. If the start fails, no process of the browser is left, because it would lock the profile
   * against the next one. For the same reason, a browser that still holds the profile is ended first.
   */
  static async start(
    profile: string,
    looks: readonly string[] = ['--headless=new'],
    more: readonly string[] = [],
    withinMs = START_WITHIN_MS,
  ): Promise<BrowserProcess> {
    await endHolder(profile);
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
    // Start a separate process group, so that killing it also kills the browser's children.
    const child = spawn(findChromium() ?? 'chromium', args, { detached: true, stdio: 'ignore' });
    try {
      const since = Date.now();
      while (!existsSync(portFile) || readFileSync(portFile, 'utf8').split('\n').length < 2) {
        if (child.exitCode !== null) throw new Error(`Chromium ended with ${child.exitCode}.`);
        if (Date.now() - since > withinMs) throw new Error('Chromium does not answer.');
        await sleep(50);
      }
      const port = readFileSync(portFile, 'utf8').split('\n')[0] ?? '';
      const address = `http://127.0.0.1:${port}`;
      return new BrowserProcess(child, await chromium.connectOverCDP(address, { timeout: withinMs }));
    } catch (error) {
      await end(child);
      throw error;
    }
  }

  async page(url: string): Promise<Page> {
    const context = this.#browser.contexts()[0] ?? (await this.#browser.newContext());
    const page = await context.newPage();
    await page.goto(url);
    return page;
  }

  /** Whether the process is still running. */
  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Crashes Chromium's GPU process. */
  async crashGpu(): Promise<void> {
    const session = await this.#browser.newBrowserCDPSession();
    // The GPU process may be gone before the call returns.
    await session.send('Browser.crashGpuProcess').catch(() => undefined);
    await session.detach().catch(() => undefined);
  }

  /** Ends the browser at once, like a power cut. */
  async kill(): Promise<void> {
    if (!this.isRunning) return;
    await end(this.#child);
    await this.#browser.close().catch(() => undefined);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}

/** Ends the Chromium that an earlier process left running in this profile, if its lock file names it (Linux). */
async function endHolder(profile: string): Promise<void> {
  const pid = holderOf(profile);
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Another program started this browser, in a process group with other processes, so only the browser itself is
    // killed.
    process.kill(pid, 'SIGKILL');
  }
  while (holderOf(profile) !== undefined) await sleep(50);
}

function holderOf(profile: string): number | undefined {
  try {
    // The lock is a link to "host-pid". That process may be dead, and its number may now belong to another process.
    const pid = Number(/\d+$/.exec(readlinkSync(join(profile, 'SingletonLock')))?.[0]);
    const isHeld = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--user-data-dir=${profile}`);
    return isHeld ? pid : undefined;
  } catch {
    return undefined;
  }
}
