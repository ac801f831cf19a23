import { chromium, type Browser, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOrInstallChromium } from '../support/chromium.ts';
import { installPackage, run, TOP, type Installed } from './installed.ts';
import { servePage, type ServedPage } from './serve-page.ts';

const SAMPLE = 'signs-1.webp';
const QUESTION = 'What does the upper sign mean?';
const ANSWER = 'Give way';

let installed: Installed;
beforeAll(() => {
  installed = installPackage();
});
afterAll(() => installed.remove());

test('publint finds nothing wrong', () => {
  run(process.execPath, [bin('publint', 'src/cli.js'), 'run', installed.tarball, '--strict'], TOP);
});

test('the types resolve for every ESM consumer', () => {
  run(
    process.execPath,
    [bin('@arethetypeswrong/cli', 'dist/index.js'), installed.tarball, '--profile', 'esm-only', '--no-emoji'],
    TOP,
  );
});

test('a strict TypeScript project compiles against the types alone', () => {
  const args = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
  const roots = ['--typeRoots', resolve(TOP, 'node_modules/@types')];
  run(process.execPath, [bin('typescript', 'bin/tsc'), ...args, ...roots, 'use.ts'], installed.project);
});

test('Node answers about a picture, and ends by itself', () => {
  const files = [resolve(TOP, 'public/models/demo'), resolve(TOP, 'public/samples', SAMPLE)];
  const code = readFileSync(resolve(installed.project, 'node.mjs'), 'utf8').trim().split('\n');
  expect(code.length - 1).toBeLessThanOrEqual(15);
  expect(run(process.execPath, ['node.mjs', ...files, QUESTION], installed.project)).toBe(ANSWER);
});

describe.each([
  { name: 'a plain site', isIsolated: false },
  { name: 'a cross-origin isolated site', isIsolated: true },
])('on $name, under a strict policy', ({ isIsolated }) => {
  let served: ServedPage;
  let browser: Browser;
  beforeAll(async () => {
    served = await servePage(installed.project, isIsolated);
    browser = await chromium.launch({
      executablePath: findOrInstallChromium(),
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
  });
  afterAll(async () => {
    await browser.close();
    await served.stop();
  });

  /** Opens the page and waits until it has answered or failed. */
  async function ask(
    query: Record<string, string>,
    page?: Page,
  ): Promise<{ page: Page; complaints: string[]; workers: string[] }> {
    page ??= await browser.newPage();
    const complaints: string[] = [];
    const workers: string[] = [];
    page.on('worker', (worker) => workers.push(new URL(worker.url()).pathname));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    const all = { model: 'model/', picture: `samples/${SAMPLE}`, question: QUESTION, ...query };
    await page.goto(`${served.origin}/?${new URLSearchParams(all).toString()}`);
    await page.locator('output[data-reason]').waitFor({ state: 'attached', timeout: 0 });
    return { page, complaints, workers };
  }

  test.each([{}, { 'own-worker': '' }])('a page answers about a picture with %o', async (query) => {
    const { page, complaints, workers } = await ask(query);
    const output = page.locator('output');
    expect(complaints).toEqual([]);
    const hasThreads = workers.some((path) => path.includes('thread'));
    expect(hasThreads).toBe(isIsolated && (await page.evaluate(() => navigator.hardwareConcurrency)) > 1);
    expect(await output.textContent()).toBe(ANSWER);
    expect(await output.getAttribute('data-reason')).toBe('eos');
    expect(await output.getAttribute('data-fit')).toBe('fits');
    expect(await output.getAttribute('data-backend')).toBe('wasm');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(isIsolated);
    await page.close();
  });

  test('a page answers on one thread if no other can be started', async () => {
    const { page } = await ask({ thread: '/nothing.js' });
    const output = page.locator('output');
    expect(await output.textContent()).toBe(ANSWER);
    expect(await output.getAttribute('data-reason')).toBe('eos');
    await page.close();
  });

  test('a stored model answers without a network, and can be removed', async () => {
    const { page } = await ask({});
    const output = page.locator('output');
    const id = `${served.origin}/model/`;
    expect(await output.getAttribute('data-stored')).toBe(`${id} ready`);
    await page.route('**/model/**', (route) => route.abort());
    await ask({ offline: '', remove: '' }, page);
    expect(await output.textContent()).toBe(ANSWER);
    expect(await output.getAttribute('data-left')).toBe('0');
    await page.close();
  });

  test('a folder without a package fails with a code', async () => {
    const { page } = await ask({ model: 'nothing/' });
    expect(await page.locator('output').getAttribute('data-reason')).toBe('missing-file');
    await page.close();
  });
});

function bin(name: string, file: string): string {
  return resolve(TOP, 'node_modules', name, file);
}
