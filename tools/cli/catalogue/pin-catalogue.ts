// Pins a catalogue's models on hubs: writes the commit of each repository, and the length and SHA-256 of each of its
// files. The hub lists large files with their SHA-256; small files are fetched, checked against git's hash, and hashed.

import type { HubModel } from '../../../src/contract/weights.ts';
import { fail } from '../../../src/failure.ts';
import { gitBlobHex } from '../../../src/format/git-blob.ts';
import { Field } from '../../../src/format/json-field.ts';
import { sha256Hex } from '../../../src/format/sha256.ts';
import { fetchPart, type Transfers } from '../../../src/weights/download/fetch-file.ts';
import { Hosts } from '../../../src/weights/download/hosts.ts';
import { fileUrl, isPinned } from '../../../src/weights/hub/hub-address.ts';
import { commitOf, listingAt, type ListedFile } from '../../../src/weights/hub/listing.ts';
import { variantSource } from '../../../src/weights/catalogue.ts';
import { parseSource } from '../../../src/weights/store/model-record.ts';

/** Matches files that the converter may request. Pictures and the model card are not fetched. */
const WANTED = /(\.(safetensors|json|jinja|txt)|^LICENSE|^NOTICE)$/;

export interface Pinned {
  id: string;
  revision: string;
  files: number;
}

/** Changes `catalogue`, a parsed JSON value, in place. Fails with 'missing-file' if a hub lists no files. */
export async function pinCatalogue(
  catalogue: unknown,
  transfers: Transfers,
  signal: AbortSignal,
): Promise<Pinned[]> {
  const pinned: Pinned[] = [];
  for (const model of new Field(catalogue, 'catalogue: ', 'bad-manifest').at('models').items()) {
    const source = parseSource(model.at('source'));
    if (source.kind !== 'hub') continue;
    const id = model.at('id').string();
    const variants = model.optional('variants')?.members() ?? [];
    const own = variants.flatMap(([preset, variant]) => {
      const field = variant.optional('source');
      return field === undefined
        ? []
        : [{ id: `${id}-${preset}`, field, source: variantSource(field, source) }];
    });
    for (const each of [{ id, field: model.at('source'), source }, ...own]) {
      const { files, ...commits } = await pinOf(each.source, transfers, signal);
      Object.assign(each.field.value as object, { ...commits, files });
      pinned.push({ id: each.id, revision: commits.revision, files: Object.keys(files).length });
    }
  }
  return pinned;
}

async function pinOf(
  source: HubModel,
  transfers: Transfers,
  signal: AbortSignal,
): Promise<Pick<HubModel, 'revision' | 'sideFiles'> & { files: NonNullable<HubModel['files']> }> {
  const { endpoint, repo, gguf, sideFiles } = source;
  const revision = await pinnedCommit(source, transfers, signal);
  const side = sideFiles && {
    ...sideFiles,
    revision: await pinnedCommit({ ...source, ...sideFiles }, transfers, signal),
  };
  const listing = await listingAt(source, revision, transfers, signal);
  if (!listing) fail('missing-file', `${endpoint} does not list the files of ${repo} at ${revision}.`);
  const files: NonNullable<HubModel['files']> = {};
  // The hub lists the side files of GGUF files in another repository, whose commit is pinned.
  const isWanted = (name: string): boolean => gguf?.includes(name) ?? WANTED.test(name);
  for (const name of Object.keys(listing).filter(isWanted)) {
    const listed = listing[name]!;
    const { bytes } = listed;
    const sha256 =
      'sha256' in listed ? listed.sha256 : await ownHash(source, revision, name, listed, transfers, signal);
    files[name] = { bytes, sha256 };
  }
  return { revision, ...(side ? { sideFiles: side } : {}), files };
}

async function pinnedCommit(source: HubModel, transfers: Transfers, signal: AbortSignal): Promise<string> {
  const { endpoint, repo, revision } = source;
  const known = isPinned(revision) ? revision : await commitOf(source, transfers, signal);
  return known ?? fail('missing-file', `${endpoint} does not say at which commit ${repo} stands.`);
}

async function ownHash(
  source: HubModel,
  revision: string,
  name: string,
  { bytes, gitBlob }: Extract<ListedFile, { gitBlob: string }>,
  transfers: Transfers,
  signal: AbortSignal,
): Promise<string> {
  const wanted = { url: fileUrl(source, revision, name), name, start: 0, end: bytes, fileBytes: bytes };
  const content = await fetchPart({ ...wanted, hosts: new Hosts(source.endpoint) }, transfers, signal);
  if ((await gitBlobHex(content)) !== gitBlob) {
    fail('corrupt-shard', `${name} of ${source.repo} does not match the hash that the hub lists.`);
  }
  return sha256Hex(content);
}
