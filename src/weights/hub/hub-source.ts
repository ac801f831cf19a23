// A checkpoint on a hub, as the converter reads it: ranges over HTTP, fetched in pieces, a few pieces ahead of
// the reader, each piece once. Owns the transfers; the spool stores the fetched pieces.

import type { CheckpointSource } from '../../convert/checkpoint-source.ts';
import { Failure, fail } from '../../failure.ts';
import type { HeaderEntry } from '../../format/safetensors.ts';
import type { Part } from '../download/answer-checks.ts';
import { fetchPart, fetchSmall, type Transfers } from '../download/fetch-file.ts';
import type { Hosts } from '../download/hosts.ts';
import { BadFile, type FileChecks } from './file-checks.ts';
import type { ListedFile } from './listing.ts';
import { Coverage, cutIntoPieces, indexAt, type Piece } from './pieces.ts';
import type { RemoteFile, Spool } from './spool.ts';

/** Size of the first request for a file, which gives the file's length and, with luck, all small data in it. */
const FIRST_BYTES = 64 * 1024;
/** A host without range requests may still send a file of up to this size as a whole. */
const SMALL_FILE_BYTES = 64 * 1024 * 1024;
/** Pieces held in memory. */
const HELD_PIECES = 8;

export interface HubFiles {
  url: (file: string) => string;
  hosts: Hosts;
  transfers: Transfers;
  /** Receives the headers of the first response for a file. */
  onHeaders?: (headers: Headers) => void;
  /** Checks the fetched bytes against the hub's hashes; undefined if the hub lists no hashes. */
  checks: FileChecks | undefined;
}

export class HubSource implements CheckpointSource {
  readonly #hub: HubFiles;
  readonly #spool: Spool;
  readonly #signal: AbortSignal;
  /** The pieces of each weights file that the converter has opened. */
  readonly #pieces = new Map<string, Piece[]>();
  /** Pieces in memory or being fetched, the most recently used last. */
  readonly #held = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  readonly #coverage = new Map<string, Coverage>();
  readonly #absent = new Set<string>();
  /** Files whose pieces are being hashed in the background. */
  readonly #hashing = new Map<string, Promise<void>>();
  #underWay = 0;

  /** `signal` ends every transfer, including those ahead of the reader. */
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

  async read(file: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const remote = this.#spool.remote(file) ?? (await this.#probe(file));
    const stop = Math.min(end, remote.bytes);
    const small = this.#spool.part(file, start, stop);
    if (small) return small;
    const pieces = this.#pieces.get(file);
    if (pieces) return this.#readPieces(file, pieces, start, stop);
    const bytes = await this.#readSmall(file, remote, start, stop);
    await this.#spool.keepPart(file, start, bytes);
    return bytes;
  }

  async opened(file: string, tensors: readonly HeaderEntry[]): Promise<void> {
    const pieces = cutIntoPieces(tensors);
    const first = this.#firstBytes(file, this.#dataStart(file, pieces));
    await this.#hub.checks?.arrived(file, { start: 0, end: first.byteLength }, first);
    this.#pieces.set(file, pieces);
  }

  /**
   * Fetches a whole file and checks it before use. Large files of weights do not come here: they are hashed
   * piece by piece.
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

  /** Where the data of the tensors begins. */
  #dataStart(file: string, pieces: readonly Piece[]): number {
    return pieces[0]?.start ?? this.#spool.remote(file)?.bytes ?? 0;
  }

  /** The first bytes of a safetensors file up to `end`: length and header, both taken from the spool. */
  #firstBytes(file: string, end: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(end);
    bytes.set(this.#spool.part(file, 0, 8) ?? []);
    bytes.set(this.#spool.part(file, 8, end) ?? [], 8);
    return bytes;
  }

  async #readPieces(
    file: string,
    pieces: Piece[],
    start: number,
    end: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(end - start);
    let index = indexAt(pieces, start);
    for (let at = start; at < end; index++) {
      const piece = pieces[index] ?? fail('bug', `${file} has no piece at byte ${at}.`);
      const stop = Math.min(end, piece.end);
      const content = this.#piece(file, piece);
      this.#fetchAhead(file, pieces, index);
      bytes.set((await content).subarray(at - piece.start, stop - piece.start), at - start);
      this.#cover(file, piece, { start: at, end: stop });
      at = stop;
    }
    return bytes;
  }

  #fetchAhead(file: string, pieces: Piece[], index: number): void {
    for (let next = index + 1; next < index + this.#hub.transfers.pace.lanes; next++) {
      const piece = pieces[next];
      if (!piece || this.#underWay >= this.#hub.transfers.pace.lanes || !this.#spool.mayFetchAhead) return;
      if (this.#spool.knows(file, piece) || this.#held.has(heldName(file, piece))) continue;
      // The read that needs this piece reports the failure.
      this.#piece(file, piece).catch(() => undefined);
    }
  }

  #piece(file: string, piece: Piece): Promise<Uint8Array<ArrayBuffer>> {
    const name = heldName(file, piece);
    const held = this.#held.get(name) ?? this.#loadPiece(file, piece);
    this.#held.delete(name);
    this.#held.set(name, held);
    held.catch(() => {
      if (this.#held.get(name) === held) this.#held.delete(name);
    });
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= HELD_PIECES) break;
      this.#held.delete(oldest);
    }
    return held;
  }

  async #loadPiece(file: string, piece: Piece): Promise<Uint8Array<ArrayBuffer>> {
    const spooled = await this.#spool.piece(file, piece);
    if (spooled) return new Uint8Array(await spooled.arrayBuffer());
    const remote = this.#spool.remote(file) ?? fail('bug', `${file} was never asked for.`);
    this.#underWay++;
    try {
      const came = await this.#fetch(file, remote, piece);
      const bytes = (await this.#hub.checks?.arrived(file, piece, came)) ?? came;
      await this.#spool.keepPiece(file, piece, bytes);
      return bytes;
    } finally {
      this.#underWay--;
    }
  }

  /**
   * Checks every weights file that was read against its hash, and fetches pieces again that are no longer at
   * hand. Fails with a BadFile. `onBytes` receives the length of each piece before it is hashed, and the number
   * of bytes that were left to hash when verification began.
   */
  async verify(checks: FileChecks, onBytes: (bytes: number, left: number) => void): Promise<void> {
    const files = Array.from(this.#pieces).filter(([file]) => !checks.isSound(file));
    for (const [file] of files) await this.#hashing.get(file);
    let left = 0;
    for (const [file] of files) left += (this.#spool.remote(file)?.bytes ?? 0) - checks.reached(file);
    for (const [file, pieces] of files) {
      await this.#hashOn(file, pieces, checks, async (piece) => {
        const bytes = (await this.#piece(file, piece)).slice();
        onBytes(bytes.byteLength, left);
        return bytes;
      });
      await checks.conclude(file);
    }
  }

  /** Continues the hash of the whole file, in the background, over the pieces that are at hand. */
  #hashBehind(file: string, pieces: Piece[]): void {
    const { checks } = this.#hub;
    if (!checks || this.#hashing.has(file) || checks.isSound(file)) return;
    const going = this.#hashOn(file, pieces, checks, async (piece) => {
      this.#signal.throwIfAborted();
      const blob = await this.#spool.piece(file, piece);
      return blob && new Uint8Array(await blob.arrayBuffer());
    });
    // A failure here occurs again when `verify` hashes the file.
    const settled = going.catch(() => undefined).finally(() => this.#hashing.delete(file));
    this.#hashing.set(file, settled);
  }

  /** Hashes piece after piece for as long as `load` returns the next one. */
  async #hashOn(
    file: string,
    pieces: Piece[],
    checks: FileChecks,
    load: (piece: Piece) => Promise<Uint8Array<ArrayBuffer> | undefined>,
  ): Promise<void> {
    if (checks.reached(file) === 0) {
      await checks.take(file, this.#firstBytes(file, this.#dataStart(file, pieces)));
    }
    for (;;) {
      const piece = pieces[indexAt(pieces, checks.reached(file))];
      const bytes = piece && (await load(piece));
      if (!bytes) return;
      if (!agrees(piece, bytes, this.#spool.parts(file))) {
        throw new BadFile(file, 'has other bytes in a sample than in the whole');
      }
      await checks.take(file, bytes);
    }
  }

  /** Reads small files, headers and samples. The first bytes of the file are in the spool already. */
  async #readSmall(
    file: string,
    remote: RemoteFile,
    start: number,
    end: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const first = start < FIRST_BYTES ? this.#spool.part(file, start, Math.min(end, FIRST_BYTES)) : undefined;
    const from = start + (first?.byteLength ?? 0);
    const rest = await this.#fetch(file, remote, { start: from, end });
    if (!first) return rest;
    const bytes = new Uint8Array(end - start);
    bytes.set(first);
    bytes.set(rest, first.byteLength);
    return bytes;
  }

  async #fetch(file: string, remote: RemoteFile, part: Part): Promise<Uint8Array<ArrayBuffer>> {
    const { bytes: fileBytes, etag } = remote;
    const known = etag === undefined ? {} : { etag };
    const wanted = { ...this.#asked(file), ...part, fileBytes, ...known };
    try {
      return await fetchPart(wanted, this.#hub.transfers, this.#signal);
    } catch (error) {
      // The next visit probes the file again; the converter then checks whether it is still the same
      // checkpoint.
      if (error instanceof Failure && error.code === 'changed-file') {
        if (this.#hub.checks) await this.#spool.forgetFacts(file);
        else await this.#spool.forget(file);
      }
      throw error;
    }
  }

  #asked(file: string): { url: string; name: string; hosts: Hosts } {
    return { url: this.#hub.url(file), name: file, hosts: this.#hub.hosts };
  }

  #cover(file: string, piece: Piece, part: Part): void {
    const name = heldName(file, piece);
    const coverage = this.#coverage.get(name) ?? new Coverage();
    this.#coverage.set(name, coverage);
    coverage.add(part);
    if (!coverage.covers(piece)) return;
    this.#coverage.delete(name);
    this.#spool.useUp(file, piece);
    const pieces = this.#pieces.get(file);
    if (pieces) this.#hashBehind(file, pieces);
  }
}

/** Weights with a SHA-256 are hashed as they arrive; git's hash, which small files have, needs the whole file. */
function isHashedInPieces(file: string, listed: ListedFile): boolean {
  return file.endsWith('.safetensors') && 'sha256' in listed;
}

/** Whether the `parts` that were read on their own have the same bytes as the piece at the same place. */
function agrees(piece: Piece, bytes: Uint8Array, parts: { start: number; bytes: Uint8Array }[]): boolean {
  return parts.every(({ start, bytes: part }) => {
    const [from, to] = [Math.max(start, piece.start), Math.min(start + part.byteLength, piece.end)];
    for (let at = from; at < to; at++) if (part[at - start] !== bytes[at - piece.start]) return false;
    return true;
  });
}

function heldName(file: string, piece: Piece): string {
  return `${piece.start} ${file}`;
}
