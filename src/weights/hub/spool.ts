// Stores the parts of a checkpoint that were fetched but are not in a stored shard yet. A piece of a file is kept until
// the shards made from it are stored, so that a later visit resumes at the byte reached. The small parts that every
// visit reads (headers, samples) are kept until the end.

import { Failure } from '../../failure.ts';
import { Field } from '../../format/json-field.ts';
import type { Change, Key } from '../store/change.ts';
import type { Piece } from './pieces.ts';
import type { ModelStore } from '../store/model-store.ts';

/** The length and ETag of a file on the host. */
export interface RemoteFile {
  bytes: number;
  etag?: string;
}

/** If storage holds this many unused pieces, no further ones are fetched ahead. */
const AHEAD_LIMIT = 128;

export class Spool {
  readonly #modelStore: ModelStore;
  readonly #files: Map<string, RemoteFile>;
  readonly #parts: Map<string, Uint8Array<ArrayBuffer>>;
  readonly #kept: Set<string>;
  readonly #used: Set<string>;
  /**
   * Pieces whose bytes have all been used: before the write of the latest shard began (`older`), and since then
   * (`newer`).
   */
  #usedUp: { older: Key[]; newer: Key[] };
  /** Pieces that this visit stored and that still have unused bytes. */
  readonly #ahead = new Set<string>();
  /**
   * Files whose pieces were deleted. A piece of such a file that still arrives belongs to an earlier version of the
   * file.
   */
  readonly #forgotten = new Set<string>();
  /** Whether storage refused a piece. There may still be space for shards. */
  #isFull = false;

  private constructor(
    modelStore: ModelStore,
    files: Map<string, RemoteFile>,
    parts: Map<string, Uint8Array<ArrayBuffer>>,
    kept: Set<string>,
    used: Set<string>,
  ) {
    this.#modelStore = modelStore;
    this.#files = files;
    this.#parts = parts;
    this.#kept = kept;
    this.#used = used;
    // An earlier visit used these pieces, but kept them because the hash of the whole file had not reached them.
    this.#usedUp = { older: [...kept].filter((name) => used.has(name)).map(keyOf), newer: [] };
  }

  /** Whether an earlier visit fetched weights. */
  get isBegun(): boolean {
    return this.#kept.size + this.#used.size > 0;
  }

  static async open(modelStore: ModelStore): Promise<Spool> {
    const { database } = modelStore;
    const files = new Map<string, RemoteFile>();
    const parts = new Map<string, Uint8Array<ArrayBuffer>>();
    for (const [[, , file, start], value] of await database.under(modelStore.key('probe'))) {
      if (start === undefined) files.set(String(file), parseRemoteFile(value));
      else if (value instanceof Blob) {
        parts.set(nameOf(String(file), Number(start)), new Uint8Array(await value.arrayBuffer()));
      }
    }
    const names = async (kind: 'piece' | 'used'): Promise<Set<string>> => {
      const keys = await database.keysUnder(modelStore.key(kind));
      return new Set(keys.map(([, , file, start]) => nameOf(String(file), Number(start))));
    };
    return new Spool(modelStore, files, parts, await names('piece'), await names('used'));
  }

  remote(file: string): RemoteFile | undefined {
    return this.#files.get(file);
  }

  async noteRemote(file: string, facts: RemoteFile): Promise<void> {
    this.#files.set(file, facts);
    await this.#modelStore.database.change({ records: [[this.#modelStore.key('probe', file), facts]] });
  }

  /**
   * Forgets the length and ETag of a file, so that the next visit asks the host again. The pieces stay, because they
   * are checked by hashes.
   */
  async forgetFacts(file: string): Promise<void> {
    this.#files.delete(file);
    await this.#modelStore.database.change({ gone: [this.#modelStore.key('probe', file)] });
  }

  /** Deletes everything that was fetched of a file, because the file on the host has changed. */
  async forget(file: string): Promise<void> {
    const of = (name: string): boolean => name.endsWith(` ${file}`);
    this.#forgotten.add(file);
    this.#files.delete(file);
    for (const name of this.#parts.keys()) if (of(name)) this.#parts.delete(name);
    for (const names of [this.#kept, this.#used]) for (const name of names) if (of(name)) names.delete(name);
    const goneUnder = (['probe', 'piece', 'used'] as const).map((kind) => this.#modelStore.key(kind, file));
    await this.#modelStore.database.change({ goneUnder });
  }

  /** Returns the bytes from a stored small part that covers them, if there is one. */
  part(file: string, start: number, end: number): Uint8Array<ArrayBuffer> | undefined {
    const exact = this.#parts.get(nameOf(file, start));
    if (exact && exact.byteLength >= end - start) return exact.slice(0, end - start);
    const first = this.#parts.get(nameOf(file, 0));
    return first && first.byteLength >= end ? first.slice(start, end) : undefined;
  }

  /** Returns the bytes from `start` on, up to `end`, as far as a small part holds them. */
  beginning(file: string, { start, end }: Piece): Uint8Array<ArrayBuffer> {
    const part = this.parts(file).find(
      (each) => each.start <= start && start < each.start + each.bytes.byteLength,
    );
    return part ? part.bytes.slice(start - part.start, end - part.start) : new Uint8Array();
  }

  async keepPart(file: string, start: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const known = this.#parts.get(nameOf(file, start));
    if (known && known.byteLength >= bytes.byteLength) return;
    this.#parts.set(nameOf(file, start), bytes);
    await this.#modelStore.database.change({ files: [[this.#modelStore.key('probe', file, start), bytes]] });
  }

  /** Whether a piece is stored, or was stored until all of it was used. */
  knows(file: string, piece: Piece): boolean {
    return this.#kept.has(nameOf(file, piece.start)) || this.#used.has(nameOf(file, piece.start));
  }

  get mayFetchAhead(): boolean {
    return !this.#isFull && this.#ahead.size < AHEAD_LIMIT;
  }

  async piece(file: string, { start, end }: Piece): Promise<Blob | undefined> {
    if (!this.#kept.has(nameOf(file, start))) return undefined;
    const blob = await this.#modelStore.database.file(this.#modelStore.key('piece', file, start));
    return blob?.size === end - start ? blob : undefined;
  }

  async keepPiece(file: string, { start }: Piece, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#isFull || this.#forgotten.has(file)) return;
    try {
      await this.#modelStore.database.change({
        files: [[this.#modelStore.key('piece', file, start), bytes]],
      });
      this.#kept.add(nameOf(file, start));
      this.#ahead.add(nameOf(file, start));
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'storage-full') throw error;
      this.#isFull = true;
    }
  }

  /** Notes that every byte of the piece has gone into shards, the last of which may not be stored yet. */
  useUp(file: string, { start }: Piece): void {
    this.#ahead.delete(nameOf(file, start));
    if (this.#used.has(nameOf(file, start))) return;
    this.#used.add(nameOf(file, start));
    this.#usedUp.newer.push([file, start]);
  }

  /**
   * Call this when shard n is about to be stored. Returns the deletion of pieces for the same transaction. While shard
   * n is being stored, the converter fills shard n + 1. So pieces that were used before the write of shard n − 1 began
   * have gone into shards up to n, and can be deleted.
   *
   * `reached`: returns the number of bytes of a file that its hash covers. Pieces after these bytes are kept for the
   * hash, unless the disk is full.
   */
  retire(reached: (file: string) => number = () => Infinity): Change {
    const { older, newer } = this.#usedUp;
    const mayLeave = ([file, start]: Key): boolean => this.#isFull || Number(start) < reached(file);
    const leaving = older.filter(mayLeave);
    this.#usedUp = { older: [...older.filter((key) => !mayLeave(key)), ...newer], newer: [] };
    for (const [file, start] of leaving) this.#kept.delete(nameOf(file, Number(start)));
    return {
      gone: leaving.map(([file, start]) => this.#modelStore.key('piece', file, Number(start))),
      records: older.map(([file, start]) => [this.#modelStore.key('used', file, Number(start)), true]),
    };
  }

  /** The small parts of a file that were read separately. */
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
