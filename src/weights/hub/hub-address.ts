// The addresses of a checkpoint's files on a hub: `…/resolve/<revision>/<file>`, as on huggingface.co and its
// mirrors.

import type { HubModel } from '../../contract/weights.ts';
import { fail } from '../../failure.ts';

export type HubSourceSpec = HubModel;

export const DEFAULT_ENDPOINT = 'https://huggingface.co';

/**
 * Parses text that a person pastes: `Qwen/Qwen3-VL-2B-Instruct`, optionally with `@revision`, or the address of
 * a repository, of its tree or of a file in it. A GGUF file is what the model is read from. Fails with 'bad-request'.
 */
export function parseHubAddress(
  text: string,
): Pick<HubSourceSpec, 'endpoint' | 'repo' | 'revision' | 'gguf'> {
  const trimmed = text.trim();
  const isUrl = /^https?:\/\//.test(trimmed);
  if (isUrl && !URL.canParse(trimmed)) fail('bad-request', `"${trimmed}" is not an address.`);
  const url = isUrl ? new URL(trimmed) : undefined;
  const path = (url?.pathname ?? trimmed).replace(/^\/+|\/+$/g, '');
  const match = /^([\w.-]+\/[\w.-]+?)(?:@([\w./-]+)|\/(?:tree|resolve|blob)\/([^/]+)(?:\/(.*))?)?$/.exec(
    path,
  );
  const [, repo, , , file] = match ?? [];
  if (repo === undefined) {
    fail('bad-request', `"${trimmed}" is not a model on a hub: owner/name or its address is expected.`);
  }
  return {
    endpoint: url?.origin ?? DEFAULT_ENDPOINT,
    repo,
    revision: decoded(match?.[2] ?? match?.[3] ?? 'main'),
    ...(file !== undefined && /^[\w.-]+\.gguf$/.test(file) ? { gguf: [file] } : {}),
  };
}

function decoded(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch (cause) {
    return fail('bad-request', `"${escaped}" is not the name of a revision.`, cause);
  }
}

export function fileUrl({ endpoint, repo }: HubSourceSpec, revision: string, file: string): string {
  const path = [...repo.split('/'), 'resolve', revision, file].map(encodeURIComponent).join('/');
  return `${endpoint.replace(/\/+$/, '')}/${path}`;
}

/** The address of a hub's information about a repository: `revision/<branch>` or `tree/<commit>`. */
export function aboutUrl({ endpoint, repo }: HubSourceSpec, about: string, revision: string): string {
  const path = ['api', 'models', ...repo.split('/'), about, revision].map(encodeURIComponent).join('/');
  return `${endpoint.replace(/\/+$/, '')}/${path}`;
}

/** Whether a revision is a commit rather than a branch, which can move. */
export function isPinned(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}
