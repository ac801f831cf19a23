// Fetches files of a hub over HTTP: their lengths, small files as a whole, and parts of large ones. Puts the data that
// every visit needs into the spool.

import { Failure, fail } from '../../failure.ts';
import type { Part } from '../download/answer-checks.ts';
import { fetchPart, fetchSmall, type Transfers } from '../download/fetch-file.ts';
import type { Hosts } from '../download/hosts.ts';
import type { FileChecks } from './file-checks.ts';
import type { ListedFile } from './listing.ts';
import type { RemoteFile, Spool } from './spool.ts';

/**
 * The size of the first request for a file. The response gives the file's length and often contains all the small data
 * in it.
 */
const FIRST_BYTES = 64 * 1024;
/** A host without range requests may still send a file of up to this size as a whole. */
const SMALL_FILE_BYTES = 64 * 1024 * 1024;
export interface HubFiles {
  url: (file: string) => string;
  hosts: Hosts;
  transfers: Transfers;
  /** Receives the headers of the first response for a file. */
  onHeaders?: (headers: Headers) => void;
  /** Checks the fetched bytes against the hub's hashes; undefined if the hub lists none. */
  checks: FileChecks | undefined;
}

export class HubFetch {
  readonly #hub: HubFiles;
  readonly #spool: Spool;
  readonly #signal: AbortSignal;
  readonly #absent = new Set<string>();

  constructor(hub: HubFiles, spool: Spool, signal: AbortSignal) {
    this.#hub = hub;
    this.#spool = spool;
    this.#signal = signal;
  }

  async size(file: string): Promise<number | undefined> {
    const { checks } = this.#hub;
    if (this.#absent.has(file) || (checks && !checks.listed(file))) return undefined;
    const known = this.#spool.remote(file);
    if (known) return known.bytes;
    try {
      return (await this.#probe(file)).bytes;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'missing-file') throw error;
      this.#absent.add(file);
      return undefined;
    }
  }

  /** The length and ETag of a file. They are fetched unless an earlier visit stored them. */
  async remote(file: string): Promise<RemoteFile> {
    return this.#spool.remote(file) ?? this.#probe(file);
  }

  /** Reads small files, headers and samples. The first bytes of the file are in the spool already. */
  async small(
    file: string,
    remote: RemoteFile,
    start: number,
    end: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const first = start < FIRST_BYTES ? this.#spool.part(file, start, Math.min(end, FIRST_BYTES)) : undefined;
    const from = start + (first?.byteLength ?? 0);
    const rest = await this.part(file, remote, { start: from, end });
    if (!first) return rest;
    const bytes = new Uint8Array(end - start);
    bytes.set(first);
    bytes.set(rest, first.byteLength);
    return bytes;
  }

  async part(file: string, remote: RemoteFile, part: Part): Promise<Uint8Array<ArrayBuffer>> {
    const { bytes: fileBytes, etag } = remote;
    const known = etag === undefined ? {} : { etag };
    const wanted = { ...this.#asked(file), ...part, fileBytes, ...known };
    try {
      return await fetchPart(wanted, this.#hub.transfers, this.#signal);
    } catch (error) {
      // The next visit requests the first bytes again; the converter then checks whether the checkpoint is still the
      // same.
      if (error instanceof Failure && error.code === 'changed-file') {
        if (this.#hub.checks) await this.#spool.forgetFacts(file);
        else await this.#spool.forget(file);
      }
      throw error;
    }
  }

  /**
   * Fetches a whole file and checks it before use. Large weights files are not fetched here: they are hashed piece by
   * piece.
   */
  async #fetchWhole(file: string, fileBytes: number, checks: FileChecks): Promise<RemoteFile> {
    if (fileBytes > SMALL_FILE_BYTES) fail('bad-checkpoint', `${file} is far too large for what it is.`);
    const wanted = { ...this.#asked(file), start: 0, end: fileBytes, fileBytes };
    const bytes = await fetchPart(wanted, this.#hub.transfers, this.#signal);
    await this.#spool.keepPart(file, 0, await checks.demand(file, bytes));
    await this.#spool.noteRemote(file, { bytes: fileBytes });
    return { bytes: fileBytes };
  }

  /** Fetches the length, the ETag and the first bytes of a file, and stores them in the spool. */
  async #probe(file: string): Promise<RemoteFile> {
    const { checks } = this.#hub;
    const listed = checks?.listed(file);
    if (checks && listed && !isHashedInPieces(file, listed)) {
      return this.#fetchWhole(file, listed.bytes, checks);
    }
    const part = { start: 0, end: FIRST_BYTES };
    const asked = { ...this.#asked(file), part };
    const { transfers, onHeaders } = this.#hub;
    const { bytes, body } = await fetchSmall(asked, SMALL_FILE_BYTES, transfers, this.#signal);
    onHeaders?.(body.headers);
    const { etag, isPart, fileBytes } = body.facts;
    if (isPart && fileBytes === undefined) fail('no-range', `The host does not say how long ${file} is.`);
    const total = isPart ? (fileBytes ?? 0) : bytes.byteLength;
    if (bytes.byteLength < Math.min(total, FIRST_BYTES)) {
      fail('short-body', `${file} ended after ${bytes.byteLength} bytes.`);
    }
    checks?.demandLength(file, total);
    const facts = { bytes: total, ...(etag === undefined ? {} : { etag }) };
    await this.#spool.keepPart(file, 0, bytes);
    await this.#spool.noteRemote(file, facts);
    return facts;
  }

  #asked(file: string): { url: string; name: string; hosts: Hosts } {
    return { url: this.#hub.url(file), name: file, hosts: this.#hub.hosts };
  }
}

/**
 * Whether a file is hashed as it arrives. Weights files with a SHA-256 are; git's hash, which the hub lists for small
 * files, needs the whole file.
 */
function isHashedInPieces(file: string, listed: ListedFile): boolean {
  return /\.(safetensors|gguf)$/.test(file) && 'sha256' in listed;
}
