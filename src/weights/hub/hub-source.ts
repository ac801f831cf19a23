// A checkpoint on a hub, as a source for the converter. Reads small data directly and weights in pieces, a few pieces
// ahead of the converter. Reports each piece to the spool when the converter has used all of it.

import type { CheckpointSource } from '../../convert/checkpoint-source.ts';
import { chooseGguf } from '../../convert/gguf/choose-files.ts';
import { ggufAmong } from '../../convert/gguf/gguf-among.ts';
import { fail } from '../../failure.ts';
import type { HeaderEntry } from '../../format/safetensors.ts';
import type { Part } from '../download/answer-checks.ts';
import { FileHasher } from './file-hasher.ts';
import { HubFetch, type HubFiles } from './hub-fetch.ts';
import { PieceLoader, pieceName } from './piece-loader.ts';
import { Coverage, cutIntoPieces, gapsBetween, indexAt, withPadding, type Piece } from './pieces.ts';
import type { Spool } from './spool.ts';

export class HubSource implements CheckpointSource {
  readonly #spool: Spool;
  readonly #fetch: HubFetch;
  readonly #loader: PieceLoader;
  /** Undefined if the hub lists no hashes. */
  readonly #hasher: FileHasher | undefined;
  /** The pieces of each weights file that the converter has opened. */
  readonly #pieces = new Map<string, Piece[]>();
  readonly #coverage = new Map<string, Coverage>();
  readonly #files: { gguf?: readonly string[]; names?: readonly string[] };

  /**
   * `files`: the GGUF files that the request names, and the names of all files if the hub lists them. `signal` ends
   * every transfer, including those of pieces that the converter has not requested yet.
   */
  constructor(
    hub: HubFiles,
    spool: Spool,
    files: { gguf?: string[]; names?: string[] },
    signal: AbortSignal,
  ) {
    const { checks, transfers } = hub;
    this.#spool = spool;
    this.#files = files;
    this.#fetch = new HubFetch(hub, spool, signal);
    this.#loader = new PieceLoader(this.#fetch, spool, checks, transfers.pace.lanes);
    this.#hasher = checks && new FileHasher(checks, spool, this.#loader, signal);
  }

  /** The files that the request names, or those that a repository without safetensors files has. */
  ggufFiles(): Promise<string[]> {
    return Promise.resolve(this.#ggufNames());
  }

  #ggufNames(): string[] {
    const { gguf = [], names } = this.#files;
    if (gguf.length > 1) return [...gguf];
    if (gguf.length > 0) return chooseGguf(names ?? gguf, gguf[0]);
    return chooseGguf(ggufAmong(names ?? []));
  }

  size(file: string): Promise<number | undefined> {
    return this.#fetch.size(file);
  }

  async read(file: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const remote = await this.#fetch.remote(file);
    const stop = Math.min(end, remote.bytes);
    const small = this.#spool.part(file, start, stop);
    if (small) return small;
    const pieces = this.#pieces.get(file);
    if (pieces) return this.#readPieces(file, pieces, start, stop);
    const bytes = await this.#fetch.small(file, remote, start, stop);
    await this.#spool.keepPart(file, start, bytes);
    return bytes;
  }

  async opened(file: string, tensors: readonly HeaderEntry[]): Promise<void> {
    const { bytes } = await this.#fetch.remote(file);
    const pieces = cutIntoPieces(withPadding(tensors, bytes));
    await this.#hasher?.opened(file, pieces);
    this.#pieces.set(file, pieces);
    for (const padding of gapsBetween(tensors, bytes)) this.#skip(file, pieces, padding);
  }

  /**
   * Checks every weights file that was read against its hash, if the hub lists hashes. See FileHasher.verify.
   */
  async verify(onBytes: (bytes: number, left: number) => void): Promise<void> {
    await this.#hasher?.verify(this.#pieces, onBytes);
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
      const content = this.#loader.load(file, piece);
      this.#loader.loadAhead(file, pieces, index);
      bytes.set((await content).subarray(at - piece.start, stop - piece.start), at - start);
      this.#cover(file, piece, { start: at, end: stop });
      at = stop;
    }
    return bytes;
  }

  /** Notes that no one reads these bytes, which may lie in two pieces. */
  #skip(file: string, pieces: Piece[], { start, end }: Part): void {
    for (let at = start; at < end;) {
      const piece = pieces[indexAt(pieces, at)];
      if (!piece) return;
      const stop = Math.min(end, piece.end);
      const name = pieceName(file, piece);
      const coverage = this.#coverage.get(name) ?? new Coverage();
      this.#coverage.set(name, coverage);
      coverage.add({ start: at, end: stop });
      at = stop;
    }
  }

  #cover(file: string, piece: Piece, part: Part): void {
    const name = pieceName(file, piece);
    const coverage = this.#coverage.get(name) ?? new Coverage();
    this.#coverage.set(name, coverage);
    coverage.add(part);
    if (!coverage.covers(piece)) return;
    this.#coverage.delete(name);
    this.#spool.useUp(file, piece);
    const pieces = this.#pieces.get(file);
    if (pieces) this.#hasher?.hashBehind(file, pieces);
  }
}
