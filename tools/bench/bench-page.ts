// Builds and serves the page of the paging bench, with a folder of packages beside it, and opens it in a separate
// Chromium. Owns the server, the browser and its profile.

import type { Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { build, mergeConfig, preview, type PreviewServer } from 'vite';
import { serveFolder } from '../build/folder.ts';
import { isolated } from '../build/shared-config.ts';
import { WEIGHTS_PORT } from '../tests/support/places.ts';
import { BrowserProcess } from '../tests/weights/browser-process.ts';

const PORT = WEIGHTS_PORT + 11;

export class BenchPage {
  /** The address of the package in the folder that was given. */
  readonly packageUrl: string;
  readonly profile: string;
  readonly #site: PreviewServer;
  readonly #isKept: boolean;
  #browser: BrowserProcess;

  private constructor(
    site: PreviewServer,
    profile: string,
    browser: BrowserProcess,
    packageUrl: string,
    isKept: boolean,
  ) {
    this.#isKept = isKept;
    this.#site = site;
    this.profile = profile;
    this.#browser = browser;
    this.packageUrl = packageUrl;
  }

  /**
   * `folder` holds the package. If a profile is given, it is used and kept; otherwise a new profile is made, and
   * deleted at the end.
   */
  static async open(folder: string, kept?: string): Promise<BenchPage> {
    const root = resolve(import.meta.dirname, 'paged-page');
    const config = mergeConfig(isolated, {
      root,
      configFile: false,
      logLevel: 'warn',
      publicDir: resolve(root, '../../../public'),
      plugins: [serveFolder({ path: '/packages/', folder: dirname(resolve(folder)) })],
      build: { outDir: resolve('.cache/paged-page'), emptyOutDir: true, copyPublicDir: false },
      preview: { port: PORT, strictPort: true },
    });
    await build(config);
    const site = await preview(config);
    const profile = resolve(kept ?? mkdtempSync(join(tmpdir(), 'paging-bench-')));
    const browser = await BrowserProcess.start(profile);
    const packageUrl = `http://localhost:${PORT}/packages/${basename(folder)}/`;
    const opened = new BenchPage(site, profile, browser, packageUrl, kept !== undefined);
    // The browser has its own process group and would outlive this process.
    const stop = (): void => void opened.close().finally(() => process.exit(130));
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    return opened;
  }

  page(): Promise<Page> {
    return this.#browser.page(`http://localhost:${PORT}`);
  }

  /** Ends the browser and starts another one with the same profile, which holds no memory of the first. */
  async restart(): Promise<void> {
    await this.#browser.kill();
    this.#browser = await BrowserProcess.start(this.profile);
  }

  async close(): Promise<void> {
    await this.#browser.kill();
    await this.#site.close();
    if (!this.#isKept) rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
