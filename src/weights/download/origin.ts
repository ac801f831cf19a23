// The origin port: the files of a package come from a host or from this computer.

import { fail } from '../../failure.ts';
import { parseJson } from '../../format/json-field.ts';
import { MANIFEST_FILE } from '../../format/manifest.ts';
import { fetchPart, fetchSmall, type Transfers } from './fetch-file.ts';
import type { Hosts } from './hosts.ts';
import { readFile, sizeOf } from './read-file.ts';
import type { PackageFile } from '../store/model-store.ts';

export interface PackageOrigin {
  /** The number of parallel reads beyond which there is no further gain. */
  readonly lanes: number;
  /** manifest.json, not yet parsed. */
  manifest(signal: AbortSignal): Promise<unknown>;
  /**
   * Fetches a file with the expected number of bytes, not yet verified, into `buffer` if that is large
   * enough.
   */
  fetch(
    file: PackageFile,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
    buffer?: ArrayBuffer,
  ): Promise<Uint8Array<ArrayBuffer>>;
}

/** Limit far above any manifest: that of the family's largest model has a few megabytes. */
const MANIFEST_LIMIT = 256 * 1024 * 1024;

/** A folder of a static host. */
export class HttpOrigin implements PackageOrigin {
  readonly lanes: number;
  readonly #folder: string;
  readonly #hosts: Hosts;
  readonly #transfers: Transfers;

  /** `url` with or without a slash at its end. */
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

/** Files of this computer, by their names. */
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
