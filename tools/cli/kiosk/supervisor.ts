// Keeps a kiosk's Chromium alive: starts it, checks that its page still responds, and restarts it when the page stops
// responding, when the browser is gone, and once a night.

import type { Page } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BrowserProcess } from '../../tests/weights/browser-process.ts';

const LOOK_EVERY_MS = 5000;
const ANSWER_WITHIN_MS = 20_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * The flags of the kiosk's Chromium. The last two let a page use the GPU again after losing it several times. Never
 * pass --incognito, because the browser would then not keep the stored models.
 */
const KIOSK_ARGS = [
  '--noerrdialogs',
  '--disable-pinch',
  '--overscroll-history-navigation=0',
  '--disable-infobars',
  '--disable-session-crashed-bubble',
  '--use-fake-ui-for-media-stream',
  '--disable-domain-blocking-for-3d-apis',
  '--disable-gpu-process-crash-limit',
];

export interface SupervisorOptions {
  url: string;
  profile: string;
  /** Whether the browser runs without a screen, as in tests. */
  headless: boolean;
  /** Further arguments for Chromium. */
  args?: readonly string[];
  /** Hour (0–23) at which an idle browser is restarted; null for never. */
  restartHour: number | null;
  log: (line: string) => void;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  #browser: BrowserProcess | undefined;
  #page: Page | undefined;
  #starts = 0;
  #startedAt = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** The page that visitors see; undefined while the browser is starting. */
  get page(): Page | undefined {
    return this.#page;
  }

  get browser(): BrowserProcess | undefined {
    return this.#browser;
  }

  /** How often the browser was started. */
  get starts(): number {
    return this.#starts;
  }

  /** Runs until `signal` aborts, then ends the browser. */
  async run(signal: AbortSignal): Promise<void> {
    let waitMs = 1000;
    while (!signal.aborted) {
      try {
        await this.#start();
        const why = await this.#watch(signal);
        if (why !== undefined) this.#options.log(`starting anew: ${why}`);
        // After a browser has run for a while, the wait before its restart is short again.
        waitMs =
          Date.now() - this.#startedAt > 5 * LONGEST_WAIT_MS ? 1000 : Math.min(waitMs * 2, LONGEST_WAIT_MS);
      } catch (error) {
        this.#options.log(`it did not start: ${error instanceof Error ? error.message : String(error)}`);
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      }
      await this.#end();
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #start(): Promise<void> {
    const { url, profile, headless, args = [], log } = this.#options;
    const looks = headless ? ['--headless=new'] : ['--kiosk', '--start-fullscreen'];
    this.#browser = await BrowserProcess.start(profile, looks, [...KIOSK_ARGS, ...args]);
    this.#page = await this.#browser.page(url);
    this.#starts++;
    this.#startedAt = Date.now();
    log(`started (${this.#starts})`);
  }

  /** Watches the browser, and returns the reason for a restart; undefined once `signal` has aborted. */
  async #watch(signal: AbortSignal): Promise<string | undefined> {
    for (;;) {
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return undefined;
      if (this.#browser?.isRunning !== true) return 'the browser is gone';
      const isFree = await this.#look();
      if (isFree === undefined) return 'the page does not answer';
      if (isFree && this.#isNight()) return 'the night';
    }
  }

  /** Whether the page is waiting for visitors; undefined if it does not respond. */
  async #look(): Promise<boolean | undefined> {
    const looked = this.#page?.evaluate(() => document.querySelector('main.attract') !== null);
    const late = sleep(ANSWER_WITHIN_MS, undefined, { ref: false });
    return Promise.race([looked, late]).catch(() => (this.#page?.isClosed() === false ? false : undefined));
  }

  #isNight(): boolean {
    const { restartHour } = this.#options;
    const now = new Date();
    return restartHour !== null && now.getHours() === restartHour && Date.now() - this.#startedAt > 3600_000;
  }

  async #end(): Promise<void> {
    this.#page = undefined;
    await this.#browser?.kill().catch(() => undefined);
    this.#browser = undefined;
  }
}
