// Estimates whether a package fits this device before its weights are fetched.

import type { Fit } from '../contract/weights.ts';
import { fail } from '../failure.ts';
import { parseJson } from '../format/json-field.ts';
import { MANIFEST_FILE } from '../format/manifest.ts';
import { parseModelConfig } from '../format/parse-model-config.ts';
import { parseManifest } from '../format/parse-manifest.ts';
import { deviceFacts } from '../device/device-facts.ts';
import { fit } from '../device/fit.ts';
import { packageSizes } from '../device/package-sizes.ts';

/**
 * Estimates whether a package fits this device, with the reasons. `address`: an absolute address of the folder that
 * holds the package. Fetches two small files. Sizes in the reasons are bytes.
 *
 * Rejects with a `Failure`: 'bad-request', 'network', 'missing-file', 'web-page', 'bad-manifest',
 * 'newer-format' or 'bad-checkpoint'; with an AbortError if `signal` aborts.
 */
export async function fitPackage(address: string | URL, signal?: AbortSignal): Promise<Fit> {
  if (!URL.canParse(address)) fail('bad-request', `address: ${String(address)} is no absolute address.`);
  const folder = new URL(address);
  if (!folder.pathname.endsWith('/')) folder.pathname += '/';
  const [manifest, config] = await Promise.all([
    fetchJson(new URL(MANIFEST_FILE, folder), 'bad-manifest', signal),
    fetchJson(new URL('config.json', folder), 'bad-checkpoint', signal),
  ]);
  return fit(packageSizes(parseManifest(manifest), parseModelConfig(config)), await deviceFacts());
}

async function fetchJson(
  url: URL,
  code: 'bad-manifest' | 'bad-checkpoint',
  signal: AbortSignal | undefined,
): Promise<unknown> {
  let text: string;
  try {
    const response = await fetch(url, signal === undefined ? {} : { signal });
    if (response.status === 404) fail('missing-file', `${url.href} does not exist.`);
    if (!response.ok) fail('network', `${url.href} was answered with ${response.status}.`);
    // For a file that does not exist, some hosts answer 200 with their start page.
    if (response.headers.get('content-type')?.startsWith('text/html') === true) {
      fail('web-page', `${url.href} was answered with a web page.`);
    }
    text = await response.text();
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof TypeError)
      fail('network', `${url.href} could not be fetched: ${cause.message}`, cause);
    throw cause;
  }
  return parseJson(text, url.href, code);
}
