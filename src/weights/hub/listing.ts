// Reads a hub's information about a repository: the commit to which a branch points, and the hash of each file in it.
// The API is that of huggingface.co, which its mirrors offer too; a plain mirror of the files has no such API.

import { Failure, type FailureCode } from '../../failure.ts';
import { Field, parseJson } from '../../format/json-field.ts';
import { fetchSmall, type Transfers } from '../download/fetch-file.ts';
import { Hosts } from '../download/hosts.ts';
import { aboutUrl, isPinned, type HubSourceSpec } from './hub-address.ts';

/** The hub lists large files with their SHA-256, small ones only with git's own hash. */
export type ListedFile = { bytes: number; sha256: string } | { bytes: number; gitBlob: string };
export type Listing = Record<string, ListedFile>;

const ANSWER_LIMIT = 16 * 1024 * 1024;
/**
 * The failures that show that a host lacks this API. Other failures may be temporary, and count as failures of the
 * download.
 */
const NO_ANSWER: ReadonlySet<FailureCode> = new Set([
  'missing-file',
  'forbidden',
  'web-page',
  'bad-manifest',
  'redirected',
  'host-blocked',
]);

/** The commit to which a branch or tag points; undefined if the host does not report it. */
export function commitOf(
  source: HubSourceSpec,
  transfers: Transfers,
  signal: AbortSignal,
): Promise<string | undefined> {
  const url = aboutUrl(source, 'revision', source.revision);
  return asked(source, url, transfers, signal, (answer) => {
    const commit = answer.at('sha').string();
    return isPinned(commit) ? commit : answer.at('sha').fail('must be a commit');
  });
}

/** The files at the top of the repository at a commit; undefined if the host does not list them. */
export function listingAt(
  source: HubSourceSpec,
  commit: string,
  transfers: Transfers,
  signal: AbortSignal,
): Promise<Listing | undefined> {
  return asked(source, aboutUrl(source, 'tree', commit), transfers, signal, (answer) =>
    Object.fromEntries(
      answer
        .items()
        .filter((entry) => entry.at('type').value === 'file')
        .map((entry) => [entry.at('path').string(), parseEntry(entry)]),
    ),
  );
}

function parseEntry(entry: Field): ListedFile {
  const lfs = entry.optional('lfs');
  // `lfs.size` is the length of the file itself; the entry's own `size` may be that of its pointer in git.
  if (lfs) return { bytes: lfs.at('size').integer(), sha256: hexOf(lfs.at('oid'), 64) };
  return { bytes: entry.at('size').integer(), gitBlob: hexOf(entry.at('oid'), 40) };
}

/** Parses a listing in the form in which this app stores it. Fails with 'bad-manifest'. */
export function parseListing(field: Field): Listing {
  return Object.fromEntries(
    field.members().map(([name, file]): [string, ListedFile] => {
      const bytes = file.at('bytes').integer();
      const gitBlob = file.optional('gitBlob');
      return [
        name,
        gitBlob ? { bytes, gitBlob: hexOf(gitBlob, 40) } : { bytes, sha256: hexOf(file.at('sha256'), 64) },
      ];
    }),
  );
}

function hexOf(field: Field, digits: number): string {
  const text = field.string();
  return /^[0-9a-f]+$/.test(text) && text.length === digits ? text : field.fail('must be a hash');
}

async function asked<T>(
  { endpoint }: HubSourceSpec,
  url: string,
  transfers: Transfers,
  signal: AbortSignal,
  parse: (answer: Field) => T,
): Promise<T | undefined> {
  const name = new URL(url).pathname;
  try {
    const wanted = { url, name, hosts: new Hosts(endpoint, { named: [] }) };
    const { bytes } = await fetchSmall(wanted, ANSWER_LIMIT, transfers, signal);
    const json = parseJson(new TextDecoder().decode(bytes), name, 'bad-manifest');
    return parse(new Field(json, `${name}: `, 'bad-manifest'));
  } catch (error) {
    if (error instanceof Failure && NO_ANSWER.has(error.code)) return undefined;
    throw error;
  }
}
