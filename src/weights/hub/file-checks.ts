// Holds the files of a checkpoint against the hashes that the hub lists. A small file is checked before it is used. The
// pieces of a large one come in the converter's order, not in the file's: the hash of the whole goes over them as soon
// as the next in order is at hand, and each piece's own hash holds a later transfer of the same bytes to the first.
// Fails with a BadFile, which names the file.

import { Failure, fail } from '../../failure.ts';
import { gitBlobHex } from '../../format/git-blob.ts';
import { Field } from '../../format/json-field.ts';
import { sha256Begin, sha256End, type Sha256State } from '../../format/sha256-stream.ts';
import type { Hashing } from '../download/hash.ts';
import type { Key } from '../store/database.ts';
import type { Shelf } from '../store/shelf.ts';
import type { ListedFile, Listing } from './listing.ts';
import type { Piece } from './pieces.ts';

/** A file of the hub is not what its hash says. */
export class BadFile extends Failure {
  readonly file: string;

  constructor(file: string, problem: string) {
    super('corrupt-shard', `${file} ${problem}; it was not used.`);
    this.file = file;
  }
}

/** How far the hash of a whole file has come. */
interface Whole {
  state: Sha256State;
  isSound: boolean;
}

export class FileChecks {
  readonly #listing: Listing;
  readonly #shelf: Shelf;
  readonly #hashing: Hashing;
  readonly #wholes: Map<string, Whole>;
  /** SHA-256 of each piece that ever came, by its name. */
  readonly #pieces: Map<string, string>;
  /** Hashes of pieces for which there was no room. */
  readonly #unsaved: [Key, string][] = [];
  readonly #forgotten = new Set<string>();

  private constructor(
    listing: Listing,
    shelf: Shelf,
    hashing: Hashing,
    wholes: Map<string, Whole>,
    pieces: Map<string, string>,
  ) {
    this.#listing = listing;
    this.#shelf = shelf;
    this.#hashing = hashing;
    this.#wholes = wholes;
    this.#pieces = pieces;
  }

  /** Goes on where an earlier visit stopped. */
  static async open(listing: Listing, shelf: Shelf, hashing: Hashing): Promise<FileChecks> {
    const { database } = shelf;
    const [wholes, pieces] = await Promise.all(
      (['whole', 'hash'] as const).map((kind) => database.under(shelf.key(kind))),
    );
    return new FileChecks(
      listing,
      shelf,
      hashing,
      new Map(wholes?.map(([[, , file], value]) => [String(file), parseWhole(value)])),
      new Map(
        pieces?.map(([[, , file, start], hash]) => [nameOf(String(file), Number(start)), String(hash)]),
      ),
    );
  }

  /** undefined: the repository has no such file. */
  listed(file: string): ListedFile | undefined {
    return Object.hasOwn(this.#listing, file) ? this.#listing[file] : undefined;
  }

  /** Holds all of a small file against its hash. */
  async demand(file: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const listed = this.listed(file) ?? fail('missing-file', `${file} is not in the repository.`);
    const hashed =
      'sha256' in listed ? await this.#hashing.hash(bytes) : { sha256: await gitBlobHex(bytes), bytes };
    const expected = 'sha256' in listed ? listed.sha256 : listed.gitBlob;
    if (hashed.bytes.byteLength !== listed.bytes || hashed.sha256 !== expected) mismatch(file);
    return hashed.bytes;
  }

  demandLength(file: string, bytes: number): void {
    const listed = this.listed(file)?.bytes ?? 0;
    if (bytes !== listed) throw new BadFile(file, `has ${bytes} bytes; ${listed} are listed`);
  }

  knows(file: string, { start }: Piece): boolean {
    return this.#pieces.has(nameOf(file, start));
  }

  /** Notes the hash of a piece that came, or holds the piece to what came the first time. */
  async arrived(
    file: string,
    { start }: Piece,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const hashed = await this.#hashing.hash(bytes);
    const name = nameOf(file, start);
    const known = this.#pieces.get(name);
    if (known !== undefined && known !== hashed.sha256) {
      throw new BadFile(file, 'has other bytes than it had before');
    }
    if (known === undefined && !this.#forgotten.has(file)) {
      this.#pieces.set(name, hashed.sha256);
      await this.#save([this.#shelf.key('hash', file, start), hashed.sha256]);
    }
    return hashed.bytes;
  }

  /** A full disk may still have room for a shard. */
  async #save(record: [Key, string]): Promise<void> {
    try {
      await this.#shelf.database.change({ records: [record] });
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'storage-full') throw error;
      this.#unsaved.push(record);
    }
  }

  /** The bytes of the file, from its beginning, that the hash of the whole has taken. */
  reached(file: string): number {
    return this.#wholes.get(file)?.state.bytes ?? 0;
  }

  isSound(file: string): boolean {
    return this.#wholes.get(file)?.isSound ?? false;
  }

  /** Takes the bytes that follow what was reached. They are handed over. */
  async take(file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { state } = this.#wholes.get(file) ?? { state: sha256Begin() };
    this.#wholes.set(file, { state: await this.#hashing.extend(state, bytes), isSound: false });
  }

  /** All of the file was taken: holds it against its hash, and notes that it is sound. */
  async conclude(file: string): Promise<void> {
    const whole = this.#wholes.get(file) ?? fail('bug', `${file} was never hashed.`);
    const listed = this.listed(file);
    this.demandLength(file, whole.state.bytes);
    if (!listed || !('sha256' in listed)) fail('bug', `${file} has no SHA-256 to be held against.`);
    if (sha256End(whole.state) !== listed.sha256) mismatch(file);
    whole.isSound = true;
    await this.#shelf.database.change({ records: this.records() });
  }

  /** What came of a file is of no use: it will come anew. */
  async forget(file: string): Promise<void> {
    this.#forgotten.add(file);
    this.#wholes.delete(file);
    for (const name of this.#pieces.keys()) if (name.endsWith(` ${file}`)) this.#pieces.delete(name);
    const goneUnder = (['hash', 'whole'] as const).map((kind) => this.#shelf.key(kind, file));
    await this.#shelf.database.change({ goneUnder });
  }

  /** How far the wholes have come, for storage: together with what may leave it for that reason. */
  records(): [Key, unknown][] {
    const wholes = Array.from(this.#wholes, ([file, whole]): [Key, unknown] => [
      this.#shelf.key('whole', file),
      whole,
    ]);
    return [...wholes, ...this.#unsaved];
  }
}

function mismatch(file: string): never {
  throw new BadFile(file, 'does not match the hash that the hub lists');
}

function parseWhole(value: unknown): Whole {
  const root = new Field(value, 'whole: ', 'bad-manifest');
  const state = root.at('state');
  return {
    state: {
      bytes: state.at('bytes').integer(),
      words: state
        .at('words')
        .items(8)
        .map((word) => word.integer(-(2 ** 31), 2 ** 31)),
      rest: state.at('rest').list((byte) => byte.integer(0, 255)),
    },
    isSound: root.at('isSound').boolean(),
  };
}

function nameOf(file: string, start: number): string {
  return `${start} ${file}`;
}
