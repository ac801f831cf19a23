// One version of the app: stores its files in its own cache, and answers requests for them, under the app's policy if
// the host does not send it. Owns the cache. It stores no weights.

import { policyHeaders } from '../policy/headers.ts';
import { roleFiles, roleOf, type RoleFiles } from '../policy/roles.ts';
import { weightHosts } from '../policy/weight-hosts.ts';
import type { AppFiles } from './app-files.ts';
import { isNamedByContent, keepFiles } from './kept-files.ts';
import { OldVersions } from './old-versions.ts';

const CACHE_PREFIX = 'darkroom-app-';

export class AppVersion {
  readonly #cacheName: string;
  readonly #scope: URL;
  /** The path of the service worker's script, relative to the scope. */
  readonly #script: string;
  readonly #oldVersions: OldVersions;
  readonly #start: string[];
  readonly #rest: string[];
  readonly #ifUsed: ReadonlySet<string>;
  readonly #all: ReadonlySet<string>;
  readonly #catalogue: string;
  readonly #page: string;

  /** `scope`: the folder that holds the page. `script`: the address of the service worker. */
  constructor(files: AppFiles, scope: URL, script: string, clients: Clients) {
    const address = (file: string): string => new URL(file, scope).href;
    this.#cacheName = `${CACHE_PREFIX}${files.version}`;
    this.#scope = scope;
    this.#script = script.slice(scope.href.length);
    this.#oldVersions = new OldVersions(clients, CACHE_PREFIX, this.#cacheName, scope);
    this.#start = files.start.map(address);
    this.#rest = files.rest.map(address);
    this.#ifUsed = new Set(files.ifUsed.map(address));
    this.#all = new Set([...this.#start, ...this.#rest, ...this.#ifUsed]);
    this.#catalogue = address('models/index.json');
    this.#page = address('index.html');
  }

  /**
   * Stores the files that the app needs to start. Rejects if one of them is missing; the previous version then stays
   * active.
   */
  async install(): Promise<void> {
    const { broken } = await keepFiles(this.#cacheName, this.#start);
    if (broken.length > 0) throw new Error(`The app cannot be kept without ${broken.join(', ')}.`);
    // Files that have not changed are copied from the older version's cache.
    const cache = await this.#cache();
    for (const file of this.#all) {
      const kept = isNamedByContent(file) ? await this.#oldVersions.find(file) : undefined;
      if (kept !== undefined) await cache.put(file, kept);
    }
  }

  /** Call this when this version takes over. */
  notePages(): Promise<void> {
    return this.#oldVersions.notePages();
  }

  /** Deletes older versions that no page uses. */
  dropUnused(): Promise<void> {
    return this.#oldVersions.dropUnused();
  }

  /** Stores all files that this device needs. `used`: addresses that the page has requested. */
  async keepAll(used: unknown[], port: MessagePort | undefined): Promise<void> {
    const stored = new Set((await (await this.#cache()).keys()).map(({ url }) => url));
    const inUse = Array.from(this.#ifUsed).filter((file) => used.includes(file) || stored.has(file));
    const wanted = [...this.#start, ...this.#rest, ...inUse];
    const ended = await keepFiles(this.#cacheName, wanted, (state) => port?.postMessage({ keeping: state }));
    await this.dropUnused();
    port?.postMessage({ kept: ended });
  }

  /**
   * The response to a GET request of this origin. Returns undefined for a file that neither runs nor is stored (mostly
   * weights), which the browser then fetches as if there were no service worker.
   */
  respond(request: Request): Promise<Response> | undefined {
    const runs = request.mode === 'navigate' || /worker$|^document$|frame$/.test(request.destination);
    const file = this.#fileOf(new URL(request.url));
    if (!runs && file === undefined) return undefined;
    // If the browser's storage fails, the network answers. A rejected response would be an error page in Firefox.
    return this.#respond(request, file, runs).catch(() => fetch(request));
  }

  /** The stored file for an address. The address of the folder means the page in it. */
  #fileOf(url: URL): string | undefined {
    const plain = url.origin + url.pathname;
    if (plain === this.#scope.href) return this.#page;
    // The file may belong to an older version whose page is still open.
    const isOurs = this.#all.has(plain) || (plain.startsWith(this.#scope.href) && isNamedByContent(plain));
    return isOurs ? plain : undefined;
  }

  async #respond(request: Request, file: string | undefined, runs: boolean): Promise<Response> {
    const response = file === undefined ? await fetch(request) : await this.#answer(request, file);
    // The browser follows an opaque redirect of a navigation, and then sends the next request through here again.
    if (response.type === 'opaqueredirect' || response.status === 0) return response;
    // Only documents and workers have a policy of their own.
    return runs ? this.#underPolicy(request, response) : response;
  }

  async #answer(request: Request, file: string): Promise<Response> {
    const cache = await this.#cache();
    const kept = await cache.match(file);
    if (file !== this.#catalogue) {
      if (kept !== undefined) return kept;
      if (!this.#all.has(file)) return (await this.#oldVersions.find(file)) ?? fetch(request);
      const fetched = await fetch(request);
      if (fetched.ok && !fetched.redirected) await cache.put(file, fetched.clone());
      return fetched;
    }
    // The models on offer may have changed, so the catalogue comes from the network first.
    const fetched = await fetch(request).catch(() => undefined);
    if (fetched?.ok === true) await cache.put(file, fetched.clone());
    return fetched ?? kept ?? Response.error();
  }

  async #underPolicy(request: Request, response: Response): Promise<Response> {
    const files = await this.#roles();
    // A document never gets a worker's policy, whatever its address is.
    const { pathname } = new URL(request.url);
    const role = request.destination.endsWith('worker') ? roleOf(pathname, files) : 'page';
    const policy = Object.entries(policyHeaders(role, await this.#hosts(), files));
    // Firefox (153) does not start a nested worker from a response that the service worker made, so a response
    // that already has the policy's headers is returned unchanged.
    if (policy.every(([name, value]) => response.headers.get(name) === value)) return response;
    const headers = new Headers(response.headers);
    for (const [name, value] of policy) headers.set(name, value);
    const { status, statusText } = response;
    return new Response(response.body, { status, statusText, headers });
  }

  /** The roles of this version's files, and of older versions' files as long as a page may request them. */
  async #roles(): Promise<RoleFiles> {
    const older = await this.#oldVersions.files();
    const names = [...this.#all, ...older].map((file) => file.slice(this.#scope.href.length));
    return roleFiles([...names, this.#script], this.#scope.pathname);
  }

  async #hosts(): Promise<string[]> {
    const kept = await (await this.#cache()).match(this.#catalogue);
    const catalogue: unknown = await kept?.json().catch(() => undefined);
    return weightHosts(catalogue);
  }

  #cache(): Promise<Cache> {
    return caches.open(this.#cacheName);
  }
}
