// Serves a copy of the built page for one test, which can stop the server, change the files, and read which paths were
// requested.

import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { preview, type PreviewServer } from 'vite';

/** A port of its own for each of Playwright's workers, which run tests at the same time. It differs from those of the
 *  other servers (playwright.config.ts). */
const SITE_PORT =
  Number(process.env.DARKROOM_TEST_PORT ?? 4183) + 30 + Number(process.env.TEST_PARALLEL_INDEX ?? 0);
export const SITE_URL = `http://localhost:${SITE_PORT}/`;

export class Site {
  readonly #folder: string;
  readonly #server: PreviewServer;
  /** The requested paths, in order. */
  readonly asked: string[] = [];

  private constructor(folder: string, server: PreviewServer) {
    this.#folder = folder;
    this.#server = server;
    server.httpServer.on('request', ({ url }: { url?: string }) => {
      this.asked.push(new URL(url ?? '/', SITE_URL).pathname);
    });
  }

  /** Copies the build to `folder` and serves it from there. */
  static async start(folder: string): Promise<Site> {
    // The server sends a compressed copy only if it is not older than its file.
    cpSync('dist', folder, { recursive: true, preserveTimestamps: true });
    const server = { port: SITE_PORT, strictPort: true };
    const site = await preview({ logLevel: 'warn', build: { outDir: folder }, preview: server });
    return new Site(folder, site);
  }

  async stop(): Promise<void> {
    const closed = this.#server.close();
    if ('closeAllConnections' in this.#server.httpServer) this.#server.httpServer.closeAllConnections();
    await closed;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The file name of the asset that begins with `begin` and ends with `end`. */
  asset(begin: string, end: string): string {
    const found = readdirSync(join(this.#folder, 'assets')).find(
      (name) => name.startsWith(begin) && name.endsWith(end),
    );
    if (found === undefined) throw new Error(`The build has no ${begin}…${end}.`);
    return found;
  }

  /** The file names of the processor engine's kernels: for one thread, and for several. */
  get kernels(): string[] {
    return readdirSync(join(this.#folder, 'assets')).filter((name) => /^kernels-.*\.wasm$/.test(name));
  }

  /** Removes an asset from the site. `putBack` restores it under its own name or another. */
  take(asset: string): void {
    this.#move(asset, `${asset}.taken`);
  }

  putBack(asset: string, as = asset): void {
    this.#move(`${asset}.taken`, as);
  }

  /** Changes a text file of the build. */
  edit(file: string, change: (text: string) => string): void {
    const path = join(this.#folder, file);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  }

  /** Changes a binary asset. */
  damage(asset: string, change: (bytes: Buffer) => Buffer): void {
    const path = join(this.#folder, 'assets', asset);
    writeFileSync(path, change(readFileSync(path)));
    // Without this, the server might send the unchanged compressed copy beside the file.
    rmSync(`${path}.br`, { force: true });
  }

  /** Deploys another version, in which an asset has another name and the old name is gone. */
  deploy(version: string, asset: string, as: string): void {
    this.take(asset);
    this.putBack(asset, as);
    const names = ['index.html', 'service-worker.js', `assets/${this.asset('index-', '.js')}`];
    for (const name of names) this.edit(name, (text) => text.replaceAll(asset, as));
    this.newVersion(version);
  }

  /** Deploys another version with the same files. */
  newVersion(version: string): void {
    this.edit('service-worker.js', (text) => text.replace(/(version\W+)[0-9a-f]{16}/, `$1${version}`));
  }

  #move(from: string, to: string): void {
    for (const suffix of ['', '.br']) {
      const path = join(this.#folder, 'assets', from + suffix);
      if (existsSync(path)) renameSync(path, join(this.#folder, 'assets', to + suffix));
    }
  }
}
