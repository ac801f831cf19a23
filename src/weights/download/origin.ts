// The origin port: the source of a package's files, which is a host or this computer.

import { fail } from '../../failure.ts';
import { parseJson } from '../../format/json-field.ts';
import { MANIFEST_FILE } from '../../format/manifest.ts';
import { fetchPart, fetchSmall, type Transfers } from './fetch-file.ts';
import type { Hosts } from './hosts.ts';
import { readFile, sizeOf } from './read-file.ts';
import type { PackageFile } from '../store/model-store.ts';

export interface PackageOrigin {
  /** The largest useful number of parallel reads. */
  readonly lanes: number;
  /** manifest.json, not yet parsed. */
  manifest(signal: AbortSignal): Promise<unknown>;
  /**
   * Fetches a file, which must have the expected number of bytes, into `buffer` if that is large enough. The bytes are
   * not verified yet.
   */
  fetch(
    file: PackageFile,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
    buffer?: ArrayBuffer,
  ): Promise<Uint8Array<ArrayBuffer>>;
}

/** A limit far above any manifest: even the largest model of the family has one of only a few megabytes. */
const MANIFEST_LIMIT = 256 * 1024 * 1024;

/** A folder on a static host. */
export class HttpOrigin implements PackageOrigin {
  readonly lanes: number;
  readonly #folder: string;
  readonly #hosts: Hosts;
  readonly #transfers: Transfers;

  /** `url` may end with a slash or not. */
  constructor(url: string, hosts: Hosts, transfers: Transfers) {
    this.#folder = url.endsWith('/') ? url : `${url}/`;
    this.#hosts = hosts;
    this.#transfers = transfers;
    this.lanes = transfers.pace.lanes;
  }

  async manifest(signal: AbortSignal): Promise<unknown> {
    const asked = { url: this.#folder + MANIFEST_FILE, name: MANIFEST_FILE, hosts: this.#hosts };
    const { bytes } = await fetchSmall(asked, MANIFEST_LIMIT, this.#transfers, signal);
    return parseJson(new TextDecoder().decode(bytes), MANIFEST_FILE, 'bad-manifest');
  }

  fetch(
    { name, bytes }: PackageFile,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
    buffer?: ArrayBuffer,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const url = this.#folder + name;
    const wanted = { url, name, hosts: this.#hosts, start: 0, end: bytes, fileBytes: bytes };
    return fetchPart(wanted, { ...this.#transfers, onBytes }, signal, buffer);
  }
}

/** Files on this computer, found by their names. */
export class FilesOrigin implements PackageOrigin {
  readonly lanes = 2;
  readonly #files: ReadonlyMap<string, File>;

  constructor(files: ReadonlyMap<string, File>) {
    this.#files = files;
  }

  async manifest(): Promise<unknown> {
    const file = this.#files.get(MANIFEST_FILE) ?? fail('missing-file', `There is no ${MANIFEST_FILE}.`);
    const text = new TextDecoder().decode(await readFile(file));
    return parseJson(text, MANIFEST_FILE, 'bad-manifest');
  }

  async fetch(
    { name, bytes }: PackageFile,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    signal.throwIfAborted();
    const file = this.#files.get(name) ?? fail('missing-file', `There is no ${name}.`);
    const size = await sizeOf(file);
    if (size !== bytes) fail('short-body', `${name} has ${size} bytes; ${bytes} are expected.`);
    const read = await readFile(file);
    onBytes(read.byteLength);
    return read;
  }
}
