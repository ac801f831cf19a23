// Parses the text that a person pastes to add a model: a repository on a hub, or the folder of a package.

import type { ModelRequest, Preset } from '../../contract/weights.ts';
import { fail } from '../../failure.ts';
import { MANIFEST_FILE } from '../../format/manifest.ts';
import { visibleText } from '../../format/visible-text.ts';
import { DEFAULT_ENDPOINT, parseHubAddress } from './hub-address.ts';

/** Hosts that serve a repository at /owner/name. */
const HUBS = new Set([DEFAULT_ENDPOINT, 'https://hf-mirror.com']);

/**
 * `base`: the page's address, against which relative addresses are resolved; relative addresses begin with a dot or a
 * slash. `preset`: the precision plan for a checkpoint; a package is stored unchanged. Fails with 'bad-request'.
 */
export function readLink(text: string, base: string, preset: Preset): ModelRequest {
  const trimmed = text.trim();
  const isAddress = /^(https?:\/\/|\.{0,2}\/)/.test(trimmed);
  const url = isAddress && URL.canParse(trimmed, base) ? new URL(trimmed, base) : undefined;
  const isHub = !url || HUBS.has(url.origin) || /\/(tree|resolve|blob)\//.test(url.pathname);
  if (isHub) {
    const { endpoint, repo, revision, gguf = [] } = parseHubAddress(trimmed);
    const [file = ''] = gguf;
    const id = [`${endpoint}/${repo}@${revision}`, ...gguf, preset].join(' ');
    const name = file.replace(/\.gguf$/, '') || (repo.split('/')[1] ?? repo);
    const named = gguf.length > 0 ? { gguf } : {};
    return { id, name, source: { kind: 'hub', endpoint, repo, revision, preset, ...named } };
  }
  return packageRequest(url);
}

/** Decodes a name from an address; leaves it unchanged if it is not valid UTF-8. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function packageRequest(url: URL): ModelRequest {
  const path = url.pathname.replace(new RegExp(`/?${MANIFEST_FILE}$`), '').replace(/\/*$/, '/');
  const address = new URL(path, url).href;
  const folder = visibleText(decoded(path.split('/').at(-2) ?? ''));
  if (folder === '') fail('bad-request', `${address} names no folder of a package.`);
  return { id: address, name: folder, source: { kind: 'package', url: address } };
}
