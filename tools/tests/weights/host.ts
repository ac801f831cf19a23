// A static host and a model hub for tests, on this machine. It supports ranges, ETags, redirects and CORS, logs
// what it sends, and can produce every fault of a real host on request.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type Fault =
  | { kind: 'refused' } // the connection closes before any response
  | { kind: 'cut'; at: number } // the connection closes after the share `at` of the body
  | { kind: 'stall'; at: number }
  | { kind: 'web-page' }
  | { kind: 'status'; status: number }
  | { kind: 'short' } // fewer bytes, with a matching Content-Length
  | { kind: 'long' }
  | { kind: 'flipped'; at: number } // one byte is wrong
  | { kind: 'elsewhere' } // a redirect to a host that the app does not know
  | { kind: 'wrong-range' }
  | { kind: 'no-range' }
  | { kind: 'other-etag' };

export interface Request {
  path: string;
  /** The requested range; undefined for a whole file. */
  range: { start: number; end: number } | undefined;
  ifRange: string | undefined;
}

export interface Sent extends Request {
  status: number;
  /** The file offset of the first byte sent, and the number of bytes handed to the connection. */
  start: number;
  bytes: number;
  fault: Fault['kind'] | undefined;
}

const CHUNK = 64 * 1024;
/** A commit hash in the format of the large hubs. */
export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

export class Host {
  readonly log: Sent[] = [];
  /** Chooses the fault of a request. */
  fault: (request: Request) => Fault | undefined = () => undefined;
  /** Awaited before each chunk, so that the host sends nothing while this promise is pending. */
  gate: (request: Request) => Promise<void> = () => Promise.resolve();
  readonly #server: Server;
  /** URL prefix → folder. */
  readonly #folders = new Map<string, string>();
  /** Repository → its folder for every commit; `repository@commit` → its folder for that commit. */
  readonly #repos = new Map<string, string>();
  /** The commit to which `main` points. */
  commit = COMMIT;
  /** Whether the host reports commits and hashes, as hubs do. A plain mirror of the files does not. */
  hasApi = true;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<Host> {
    const host = new Host();
    await new Promise<void>((done) => {
      host.#server.listen(0, done);
    });
    return host;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The public origin. The large files of repositories come from `cdn`. */
  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  get cdn(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Serves a package: the folder's files under `/<name>/`. Returns its address. */
  servePackage(name: string, folder: string): string {
    this.#folders.set(`/${name}/`, folder);
    return `${this.origin}/${name}/`;
  }

  /**
   * Serves a checkpoint in the layout of a hub. Without `commit`, the folder serves every commit that has no folder of
   * its own.
   */
  serveRepo(repo: string, folder: string, commit?: string): void {
    this.#repos.set(commit === undefined ? repo : `${repo}@${commit}`, folder);
  }

  #folderAt(repo: string, commit: string): string {
    return this.#repos.get(`${repo}@${commit}`) ?? this.#repos.get(repo) ?? '/none';
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', this.origin).pathname);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Expose-Headers', 'ETag, Content-Range, Accept-Ranges, X-Repo-Commit');
    // Like the hosts of large files, reject preflight requests.
    if (request.method !== 'GET') return void response.writeHead(405).end();
    const resolved = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/([^/]+)$/.exec(path);
    if (resolved) {
      const [, repo = '', revision = '', file = ''] = resolved;
      const commit = this.#commitOf(revision);
      if (commit === undefined) return void response.writeHead(404).end();
      response.setHeader('X-Repo-Commit', commit);
      if (isWeights(file)) {
        return void response.writeHead(302, { Location: `${this.cdn}/cdn/${repo}/${commit}/${file}` }).end();
      }
      return this.#file({ request, response, path, file: join(this.#folderAt(repo, commit), file) });
    }
    const sentOn = /^\/cdn\/([^/]+\/[^/]+)\/([0-9a-f]{40})\/([^/]+)$/.exec(path);
    if (sentOn) {
      const [, repo = '', commit = '', file = ''] = sentOn;
      return this.#file({ request, response, path, file: join(this.#folderAt(repo, commit), file) });
    }
    const about = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\/([^/]+)$/.exec(path);
    if (about && this.hasApi) {
      const [, repo = '', kind = '', revision = ''] = about;
      const sha = this.#commitOf(revision);
      if (sha === undefined) return void response.writeHead(404).end();
      const answer = kind === 'tree' ? await listingOf(this.#folderAt(repo, sha)) : { id: repo, sha };
      return void response
        .writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' })
        .end(JSON.stringify(answer));
    }
    for (const [prefix, folder] of this.#folders) {
      if (path.startsWith(prefix)) {
        return this.#file({ request, response, path, file: join(folder, path.slice(prefix.length)) });
      }
    }
    response.writeHead(404).end();
  }

  #commitOf(revision: string): string | undefined {
    if (revision === 'main') return this.commit;
    return /^[0-9a-f]{40}$/.test(revision) ? revision : undefined;
  }

  async #file({ request, response, path, file }: Answering): Promise<void> {
    const { range: header, 'if-range': ifRange } = request.headers;
    const match = /^bytes=(\d+)-(\d+)$/.exec(header ?? '');
    const range = match ? { start: Number(match[1]), end: Number(match[2]) + 1 } : undefined;
    const asked: Request = { path, range, ifRange: typeof ifRange === 'string' ? ifRange : undefined };
    // A redirected request got its fault before it was redirected.
    const isSentOn = request.headers.host?.startsWith('127.') === true && !path.startsWith('/cdn/');
    const fault = isSentOn ? undefined : this.fault(asked);
    const sent: Sent = { ...asked, status: 0, start: range?.start ?? 0, bytes: 0, fault: fault?.kind };
    this.log.push(sent);
    if (fault?.kind === 'refused') return void response.destroy();
    if (fault?.kind === 'web-page') {
      const page = '<!doctype html><title>Please log in</title>';
      return void response.writeHead((sent.status = 200), { 'Content-Type': 'text/html' }).end(page);
    }
    if (fault?.kind === 'status') return void response.writeHead((sent.status = fault.status)).end();
    if (fault?.kind === 'elsewhere') {
      const away = `${this.cdn}${path}`;
      return void response.writeHead((sent.status = 302), { Location: away }).end();
    }
    const size = await stat(file).then(
      (found) => (found.isFile() ? found.size : undefined),
      () => undefined,
    );
    if (size === undefined) return void response.writeHead((sent.status = 404)).end('Not found');
    await this.#send(asked, { response, file, size, sent, fault });
  }

  async #send(asked: Request, { response, file, size, sent, fault }: Sending): Promise<void> {
    const etag = `"${size}-${fault?.kind === 'other-etag' ? 'other' : 'one'}"`;
    const isStale = asked.ifRange !== undefined && asked.ifRange !== etag;
    const isPart = asked.range !== undefined && !isStale && fault?.kind !== 'no-range';
    let [start, end] =
      isPart && asked.range ? [asked.range.start, Math.min(size, asked.range.end)] : [0, size];
    const head: Record<string, string | number> = { ETag: etag, 'Content-Type': 'application/octet-stream' };
    if (isPart) {
      if (start >= size) return void response.writeHead((sent.status = 416)).end();
      if (fault?.kind === 'wrong-range') [start, end] = start > 0 ? [start - 1, end - 1] : [1, end];
      head['Content-Range'] = `bytes ${start}-${end - 1}/${size}`;
    }
    const extra = fault?.kind === 'long' ? 100 : 0;
    if (fault?.kind === 'short') end -= Math.ceil((end - start) / 3);
    head['Content-Length'] = end - start + extra;
    sent.start = start;
    response.writeHead((sent.status = isPart ? 206 : 200), head);
    response.flushHeaders();
    const breaksAt =
      'at' in (fault ?? {}) && fault && 'at' in fault
        ? start + Math.floor((end - start) * fault.at)
        : Infinity;
    const handle = await open(file);
    try {
      for (let at = start; at < end;) {
        await this.gate(asked);
        const stop = Math.min(
          end,
          at + CHUNK,
          fault?.kind === 'flipped' || at >= breaksAt ? Infinity : breaksAt,
        );
        if (at >= breaksAt && fault?.kind === 'cut') return void response.destroy();
        if (at >= breaksAt && fault?.kind === 'stall') {
          await closed(response);
          return;
        }
        const { buffer } = await handle.read(Buffer.alloc(stop - at), 0, stop - at, at);
        if (fault?.kind === 'flipped' && at <= breaksAt && breaksAt < stop) buffer[breaksAt - at]! ^= 1;
        if (response.destroyed) return;
        if (!response.write(buffer)) await Promise.race([drained(response), closed(response)]);
        sent.bytes += buffer.byteLength;
        at = stop;
      }
      response.end(Buffer.alloc(extra));
    } finally {
      await handle.close();
    }
  }
}

/** Hubs keep weights apart from small files, on another host. */
function isWeights(file: string): boolean {
  return /\.(safetensors|gguf)$/.test(file);
}

/** The format in which hubs list files: weights with their SHA-256, all other files with git's own hash. */
async function listingOf(folder: string): Promise<unknown[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ name: path }) => {
        const bytes = await readFile(join(folder, path));
        const size = bytes.byteLength;
        const oid = createHash('sha1').update(`blob ${size}\0`).update(bytes).digest('hex');
        if (!isWeights(path)) return { type: 'file', oid, size, path };
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        return { type: 'file', oid, size, path, lfs: { oid: sha256, size, pointerSize: 134 } };
      }),
  );
}

interface Answering {
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  file: string;
}

interface Sending {
  response: ServerResponse;
  file: string;
  size: number;
  sent: Sent;
  fault: Fault | undefined;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('drain', () => resolve()));
}

/** Resolves when the client closes the connection. */
async function closed(response: ServerResponse): Promise<void> {
  while (!response.destroyed) await sleep(20);
}
