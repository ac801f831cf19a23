// Decides which requests the weights worker accepts. An attacker may have taken over the page that sends a request, and
// could hide a picture or a question in an address. So the worker reads the catalogue itself, and fetches its models
// from the addresses given there; every other request must be a plain link to the place of a model.

import type { HubModel, ModelRequest, ModelSource } from '../contract/weights.ts';
import { fail } from '../failure.ts';

/** The length limit of a link, which has to name only a host, an owner, a model and a revision. */
const MOST_CHARACTERS = 200;
const REPO = /^[\w.-]{1,96}\/[\w.-]{1,96}$/;
const REVISION = /^[\w.-]+(\/[\w.-]+)*$/;
/** The largest number of links that one visit may use. */
const MOST_LINKS = 8;

export class MayFetch {
  readonly #catalogue: () => Promise<readonly ModelRequest[]>;
  readonly #links = new Set<string>();

  /** `catalogue` returns the models of the catalogue, read by this worker; an empty list if there are none. */
  constructor(catalogue: () => Promise<readonly ModelRequest[]>) {
    this.#catalogue = catalogue;
  }

  /**
   * The request that may be carried out. A link's request loses its list of files, because their names become addresses.
   * Fails with 'bad-request' unless the catalogue or a plain link names the model.
   */
  async permitted(request: ModelRequest): Promise<ModelRequest> {
    const { id, source } = request;
    if (source.kind === 'files') return request;
    const listed = (await this.#catalogue().catch(() => [])).find((model) => model.id === id);
    if (listed !== undefined && sameSource(listed.source, source)) return request;
    const link = plainLink(source);
    // A request to this machine does not leave it, and the page can send anything to its own site anyway.
    if (isHere(new URL(link)) || isOwn(new URL(link))) return request;
    this.#links.add(link);
    if (this.#links.size > MOST_LINKS) {
      fail('bad-request', `More than ${MOST_LINKS} links in one visit: reload the page to go on.`);
    }
    return source.kind === 'hub' ? { ...request, source: withoutFiles(source) } : request;
  }
}

function withoutFiles(source: HubModel): HubModel {
  const { files: _, ...others } = source;
  return others;
}

function sameSource(a: ModelSource, b: ModelSource): boolean {
  return JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));
}

function inOrder(source: ModelSource): unknown {
  return Object.entries(source).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Returns the link if it contains only the place of a model. Fails with 'bad-request'. */
export function plainLink(source: Exclude<ModelSource, { kind: 'files' }>): string {
  const link = source.kind === 'hub' ? hubLink(source) : packageLink(source.url);
  const hosts = source.hosts ?? [];
  if (hosts.length > 0 && hosts.some((host) => !URL.canParse(host) || new URL(host).origin !== host)) {
    fail('bad-request', 'A host of the link is no plain origin.');
  }
  if (link.length > MOST_CHARACTERS) fail('bad-request', 'The link is too long for one that names a model.');
  return link;
}

function hubLink({ endpoint, repo, revision, gguf = [], sideFiles }: HubModel): string {
  const origin = address(endpoint);
  if (origin.pathname !== '/') fail('bad-request', `${endpoint} is not the address of a hub.`);
  const dots = /(^|\/)\.+(\/|$)/;
  for (const each of [{ repo, revision }, ...(sideFiles ? [sideFiles] : [])]) {
    if (!REPO.test(each.repo) || dots.test(each.repo)) {
      fail('bad-request', `${each.repo} is not a model on a hub.`);
    }
    if (!REVISION.test(each.revision) || dots.test(each.revision)) {
      fail('bad-request', `${each.revision} is not the name of a revision.`);
    }
  }
  const sides = sideFiles ? [`${sideFiles.repo}@${sideFiles.revision}`] : [];
  return [`${origin.origin}/${repo}@${revision}`, ...gguf, ...sides].join('/');
}

function packageLink(url: string): string {
  return address(url).href;
}

/** Parses an address, which must have no query, fragment, user name or password. */
function address(text: string): URL {
  if (!URL.canParse(text)) fail('bad-request', `${text} is not an address.`);
  const url = new URL(text);
  const isWeb = url.protocol === 'https:' || (url.protocol === 'http:' && isHere(url)) || isOwn(url);
  const more = url.search + url.hash + url.username + url.password;
  if (!isWeb || more !== '' || /[?#]/.test(text)) {
    fail('bad-request', 'A link to a model is a web address without a query, a fragment or a password.');
  }
  return url;
}

function isHere({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1';
}

function isOwn({ origin }: URL): boolean {
  return 'location' in globalThis && globalThis.location.origin === origin;
}
