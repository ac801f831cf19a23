// WebKit's driver: WebKitGTK's MiniBrowser, which stores nothing under remote control, like a private window. Owns the
// driver's process and, if there is no display, a virtual display.

import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { Builder, Capabilities, By, type WebDriver, type WebElement } from 'selenium-webdriver';
import type { Driver } from './driver.ts';

const PATIENCE_MS = 600_000;
const START_MS = 60_000;

export interface WebKitFiles {
  driver: string;
  miniBrowser: string;
  xvfb: string;
}

export async function openWebKit({ driver, miniBrowser, xvfb }: WebKitFiles): Promise<Driver> {
  const display = spawn(xvfb, ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await firstLine(display);
  const port = await freePort();
  const service = spawn(driver, [`--port=${port}`], {
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: `:${number}`, LANGUAGE: 'en_US', LANG: 'en_US.UTF-8' },
  });
  const stop = async (): Promise<void> => {
    await ended(service);
    await ended(display);
  };
  try {
    await listening(port);
    const capabilities = new Capabilities({
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': { binary: miniBrowser, args: ['--automation'] },
    });
    const browser = await new Builder()
      .disableEnvironmentOverrides()
      .usingServer(`http://127.0.0.1:${port}`)
      .withCapabilities(capabilities)
      .build();
    return await driven(browser, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function driven(browser: WebDriver, stop: () => Promise<void>): Promise<Driver> {
  await browser.manage().setTimeouts({ script: PATIENCE_MS, pageLoad: PATIENCE_MS });
  await browser.manage().window().setRect({ x: 0, y: 0, width: 1280, height: 900 });
  const capabilities = await browser.getCapabilities();
  const element = (selector: string): Promise<WebElement> => browser.findElement(By.css(selector));
  return {
    // WebDriver's classic protocol does not report the console.
    console: [],
    version: `WebKitGTK ${String(capabilities.get('browserVersion'))}`,
    goto: (url) => browser.get(url),
    reload: () => browser.navigate().refresh(),
    evaluate: async (job, ...args) => {
      const script = `
        const done = arguments[arguments.length - 1];
        const args = Array.from(arguments).slice(0, -1);
        Promise.resolve().then(() => (${job.toString()})(...args)).then(
          (value) => done({ value }),
          (error) => done({ error: String(error) }),
        );`;
      const result = await browser.executeAsyncScript<{ value: never; error?: string }>(script, ...args);
      if (result.error !== undefined) throw new Error(result.error);
      return result.value;
    },
    click: async (selector) => (await element(selector)).click(),
    type: async (selector, text) => (await element(selector)).sendKeys(text),
    upload: async (selector, files) => (await element(selector)).sendKeys(files.join('\n')),
    close: async () => {
      await browser.quit().catch(() => undefined);
      await stop();
    },
  };
}

/** The number of Xvfb's display, which Xvfb writes when it is ready. */
function firstLine(display: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    display.stdio[3]?.once('data', (data: Buffer) => resolve(data.toString().trim()));
    display.once('error', reject);
    display.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}.`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function listening(port: number): Promise<void> {
  const end = Date.now() + START_MS;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/status`).catch(() => undefined);
    if (answer?.ok === true) return;
    if (Date.now() > end) throw new Error('WebKitWebDriver does not answer.');
    await new Promise((later) => setTimeout(later, 100));
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => resolve());
    child.kill();
  });
}
