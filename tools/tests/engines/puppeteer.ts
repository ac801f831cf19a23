// Drivers for Chromium and Firefox, which start each browser with a fresh profile.

import { launch, type Browser, type ElementHandle, type LaunchOptions } from 'puppeteer-core';
import type { Driver, Logged } from './driver.ts';

const PATIENCE_MS = 600_000;

export function openChromium(executablePath: string): Promise<Driver> {
  return open({
    browser: 'chrome',
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--lang=en-US'],
  });
}

/** `preferences`: about:config settings that a user may have changed; a first-time user has changed none. */
export function openFirefox(
  executablePath: string,
  preferences: Record<string, unknown> = {},
): Promise<Driver> {
  const args = ['--remote-allow-system-access'];
  return open(
    { browser: 'firefox', executablePath, args, extraPrefsFirefox: preferences },
    leaveWorkersAlone,
  );
}

/** A module of Firefox; only its browser chrome may load it. */
const WORKER_LISTENER =
  'chrome://remote/content/shared/js-process-actors/WebDriverWorkerListenerActor.sys.mjs';

/**
 * Removes a listener that normal use does not have. In a WebDriver session, Firefox listens for each worker's debugger.
 * Until the debugger is ready, a worker that starts another may wait for ever (Firefox 153: in about one of four page
 * loads).
 */
async function leaveWorkersAlone(browser: Browser): Promise<void> {
  // Puppeteer has no public API for the browser chrome.
  const { connection } = browser as unknown as { connection: Connection };
  const { result } = await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' });
  const context = result.contexts?.[0]?.context;
  if (context === undefined) throw new Error('Firefox gives no access to its own windows.');
  const expression = `try {
    ChromeUtils.importESModule('${WORKER_LISTENER}').unregisterWebDriverWorkerListenerActor();
  } catch {
    // Older versions have no such listener.
  }`;
  await connection.send('script.evaluate', { expression, awaitPromise: true, target: { context } });
}

interface Connection {
  send(method: string, parameters: object): Promise<{ result: { contexts?: { context: string }[] } }>;
}

async function open(options: LaunchOptions, prepare?: (browser: Browser) => Promise<void>): Promise<Driver> {
  const browser = await launch({ ...options, headless: true, protocolTimeout: PATIENCE_MS });
  await prepare?.(browser);
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.setViewport({ width: 1280, height: 900 });
  const element = async (selector: string): Promise<ElementHandle> => {
    const found = await page.$(selector);
    if (found === null) throw new Error(`There is no ${selector}.`);
    return found;
  };
  // Before the user leaves with pictures that are not stored yet, the page asks for confirmation; accept.
  page.on('dialog', (dialog) => void dialog.accept());
  const shown: Logged[] = [];
  page.on('console', (message) => shown.push({ kind: message.type(), text: message.text() }));
  page.on('pageerror', (error) => shown.push({ kind: 'error', text: String(error) }));
  return {
    console: shown,
    version: await browser.version(),
    goto: async (url) => {
      await page.goto(url);
    },
    reload: async () => {
      await page.reload();
    },
    evaluate: async (job, ...args) =>
      (await page.evaluate(job as (...all: unknown[]) => unknown, ...args)) as never,
    click: async (selector) => (await element(selector)).click(),
    type: async (selector, text) => (await element(selector)).type(text),
    upload: async (selector, files) => {
      const input = (await element(selector)) as ElementHandle<HTMLInputElement>;
      await input.uploadFile(...files);
    },
    close: () => browser.close(),
  };
}
