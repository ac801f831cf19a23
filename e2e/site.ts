// The built page on a server of a test's own, which can be stopped and changed, and notes what it is asked for.

import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { preview, type PreviewServer } from 'vite';

/** Beside the ports of the other servers (playwright.config.ts). */
export const SITE_PORT = Number(process.env.DARKROOM_TEST_PORT ?? 4183) + 30;
export const SITE_URL = `http://localhost:${SITE_PORT}/`;

export class Site {
  readonly #folder: string;
  readonly #server: PreviewServer;
  /** Paths in the order in which they were asked for. */
  readonly asked: string[] = [];

  private constructor(folder: string, server: PreviewServer) {
    this.#folder = folder;
    this.#server = server;
    server.httpServer.on('request', ({ url }: { url?: string }) => {
      this.asked.push(new URL(url ?? '/', SITE_URL).pathname);
    });
  }

  /** Serves a copy of the build that lies in `folder`. */
  static async start(folder: string): Promise<Site> {
    cpSync('dist', folder, { recursive: true });
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

  /** The name of the one asset whose name begins and ends so. */
  asset(begin: string, end: string): string {
    const found = readdirSync(join(this.#folder, 'assets')).find(
      (name) => name.startsWith(begin) && name.endsWith(end),
    );
    if (found === undefined) throw new Error(`The build has no ${begin}…${end}.`);
    return found;
  }

  /** Takes an asset away, or puts it back under its name or another. */
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

  /** Changes an asset that is no text. */
  damage(asset: string, change: (bytes: Buffer) => Buffer): void {
    const path = join(this.#folder, 'assets', asset);
    writeFileSync(path, change(readFileSync(path)));
    // Else the compressed one beside it may be sent, which is as it was.
    rmSync(`${path}.br`, { force: true });
  }

  /** A deployment: another version, which has an asset under another name and knows nothing of the old one. */
  deploy(version: string, asset: string, as: string): void {
    this.take(asset);
    this.putBack(asset, as);
    const names = ['index.html', 'service-worker.js', `assets/${this.asset('index-', '.js')}`];
    for (const name of names) this.edit(name, (text) => text.replaceAll(asset, as));
    this.newVersion(version);
  }

  /** Another version of the same files. */
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
