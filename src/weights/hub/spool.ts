// What has come of a checkpoint and is not yet a shard: pieces of its files, kept in storage until the
// shards they went into are, so that a later visit goes on at the byte reached. Also the small parts that
// every visit looks at (headers, samples), which are kept until the end.

import { Failure } from '../../failure.ts';
import { Field } from '../../format/json-field.ts';
import type { Change, Key } from '../store/database.ts';
import type { Piece } from './pieces.ts';
import type { Shelf } from '../store/shelf.ts';

/** Facts of a file on the host. */
export interface RemoteFile {
  bytes: number;
  etag?: string;
}

/** Pieces on the disk beyond which nothing is fetched ahead. */
const AHEAD_LIMIT = 128;

export class Spool {
  readonly #shelf: Shelf;
  readonly #files: Map<string, RemoteFile>;
  readonly #parts: Map<string, Uint8Array<ArrayBuffer>>;
  readonly #kept: Set<string>;
  readonly #used: Set<string>;
  /** Used up before the write of the last shard began, and since then. */
  #usedUp: { older: Key[]; newer: Key[] };
  /** Kept since this visit began and not used up yet. */
  readonly #ahead = new Set<string>();
  /** Files whose pieces may no longer be kept: those still under way are of a file that is gone. */
  readonly #forgotten = new Set<string>();
  /** Storage may be too full for pieces and still have room for shards. */
  #isFull = false;

  private constructor(
    shelf: Shelf,
    files: Map<string, RemoteFile>,
    parts: Map<string, Uint8Array<ArrayBuffer>>,
    kept: Set<string>,
    used: Set<string>,
  ) {
    this.#shelf = shelf;
    this.#files = files;
    this.#parts = parts;
    this.#kept = kept;
    this.#used = used;
    // Of an earlier visit: used up, and kept until the hash of the whole file has passed.
    this.#usedUp = { older: [...kept].filter((name) => used.has(name)).map(keyOf), newer: [] };
  }

  /** Whether weights were taken on an earlier visit. */
  get isBegun(): boolean {
    return this.#kept.size + this.#used.size > 0;
  }

  static async open(shelf: Shelf): Promise<Spool> {
    const { database } = shelf;
    const files = new Map<string, RemoteFile>();
    const parts = new Map<string, Uint8Array<ArrayBuffer>>();
    for (const [[, , file, start], value] of await database.under(shelf.key('probe'))) {
      if (start === undefined) files.set(String(file), parseRemoteFile(value));
      else if (value instanceof Blob) {
        parts.set(nameOf(String(file), Number(start)), new Uint8Array(await value.arrayBuffer()));
      }
    }
    const names = async (kind: 'piece' | 'used'): Promise<Set<string>> => {
      const keys = await database.keysUnder(shelf.key(kind));
      return new Set(keys.map(([, , file, start]) => nameOf(String(file), Number(start))));
    };
    return new Spool(shelf, files, parts, await names('piece'), await names('used'));
  }

  remote(file: string): RemoteFile | undefined {
    return this.#files.get(file);
  }

  async noteRemote(file: string, facts: RemoteFile): Promise<void> {
    this.#files.set(file, facts);
    await this.#shelf.database.change({ records: [[this.#shelf.key('probe', file), facts]] });
  }

  /** What a file is on the host has to be asked anew; its pieces are held against hashes, and stay. */
  async forgetFacts(file: string): Promise<void> {
    this.#files.delete(file);
    await this.#shelf.database.change({ gone: [this.#shelf.key('probe', file)] });
  }

  /** The file on the host is another one now: nothing that came of it is of use. */
  async forget(file: string): Promise<void> {
    const of = (name: string): boolean => name.endsWith(` ${file}`);
    this.#forgotten.add(file);
    this.#files.delete(file);
    for (const name of this.#parts.keys()) if (of(name)) this.#parts.delete(name);
    for (const names of [this.#kept, this.#used]) for (const name of names) if (of(name)) names.delete(name);
    const goneUnder = (['probe', 'piece', 'used'] as const).map((kind) => this.#shelf.key(kind, file));
    await this.#shelf.database.change({ goneUnder });
  }

  /** A small part that begins at `start` and is long enough, if one is kept. */
  part(file: string, start: number, end: number): Uint8Array<ArrayBuffer> | undefined {
    const exact = this.#parts.get(nameOf(file, start));
    if (exact && exact.byteLength >= end - start) return exact.slice(0, end - start);
    const first = this.#parts.get(nameOf(file, 0));
    return first && first.byteLength >= end ? first.slice(start, end) : undefined;
  }

  async keepPart(file: string, start: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const known = this.#parts.get(nameOf(file, start));
    if (known && known.byteLength >= bytes.byteLength) return;
    this.#parts.set(nameOf(file, start), bytes);
    await this.#shelf.database.change({ files: [[this.#shelf.key('probe', file, start), bytes]] });
  }

  /** Whether a piece is here, or was and has been used up. */
  knows(file: string, piece: Piece): boolean {
    return this.#kept.has(nameOf(file, piece.start)) || this.#used.has(nameOf(file, piece.start));
  }

  get hasRoomAhead(): boolean {
    return !this.#isFull && this.#ahead.size < AHEAD_LIMIT;
  }

  async piece(file: string, { start, end }: Piece): Promise<Blob | undefined> {
    if (!this.#kept.has(nameOf(file, start))) return undefined;
    const blob = await this.#shelf.database.file(this.#shelf.key('piece', file, start));
    return blob?.size === end - start ? blob : undefined;
  }

  async keepPiece(file: string, { start }: Piece, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#isFull || this.#forgotten.has(file)) return;
    try {
      await this.#shelf.database.change({ files: [[this.#shelf.key('piece', file, start), bytes]] });
      this.#kept.add(nameOf(file, start));
      this.#ahead.add(nameOf(file, start));
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'storage-full') throw error;
      this.#isFull = true;
    }
  }

  /** Every byte of the piece has gone into shards, of which the last may not be stored yet. */
  useUp(file: string, { start }: Piece): void {
    this.#ahead.delete(nameOf(file, start));
    if (this.#used.has(nameOf(file, start))) return;
    this.#used.add(nameOf(file, start));
    this.#usedUp.newer.push([file, start]);
  }

  /**
   * To be called when a shard is about to be stored. While shard n is stored, the converter fills
   * shard n + 1: what was used up before n − 1 began to be stored has gone into shards up to n.
   * Returns what may leave together with shard n. `reached`: how far the hash of a file has come, which still
   * needs what follows; a full disk needs the room more.
   */
  retire(reached: (file: string) => number = () => Infinity): Change {
    const { older, newer } = this.#usedUp;
    const mayLeave = ([file, start]: Key): boolean => this.#isFull || Number(start) < reached(file);
    const leaving = older.filter(mayLeave);
    this.#usedUp = { older: [...older.filter((key) => !mayLeave(key)), ...newer], newer: [] };
    for (const [file, start] of leaving) this.#kept.delete(nameOf(file, Number(start)));
    return {
      gone: leaving.map(([file, start]) => this.#shelf.key('piece', file, Number(start))),
      records: older.map(([file, start]) => [this.#shelf.key('used', file, Number(start)), true]),
    };
  }

  /** Small parts of a file that were read on their own. */
  parts(file: string): { start: number; bytes: Uint8Array<ArrayBuffer> }[] {
    return Array.from(this.#parts, ([name, bytes]) => ({ key: keyOf(name), bytes })).flatMap(
      ({ key, bytes }) => (key[0] === file ? [{ start: Number(key[1]), bytes }] : []),
    );
  }
}

function nameOf(file: string, start: number): string {
  return `${start} ${file}`;
}

function keyOf(name: string): Key {
  const space = name.indexOf(' ');
  return [name.slice(space + 1), Number(name.slice(0, space))];
}

function parseRemoteFile(value: unknown): RemoteFile {
  const root = new Field(value, 'probe: ', 'bad-manifest');
  const etag = root.optional('etag')?.string();
  return { bytes: root.at('bytes').integer(), ...(etag === undefined ? {} : { etag }) };
}
