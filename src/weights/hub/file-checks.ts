// Checks the files of a checkpoint against the hashes that the hub lists. A small file is checked before it is used.
// The pieces of a large file arrive in the converter's order, not in the file's. The hash of the whole file therefore
// continues whenever the next piece in file order is available. The hash of each piece is stored as well, and a later
// transfer of the same piece must match it. Fails with a BadFile, which names the file.

import { Failure, fail } from '../../failure.ts';
import { gitBlobHex } from '../../format/git-blob.ts';
import { Field } from '../../format/json-field.ts';
import { sha256Begin, sha256End, type Sha256State } from '../../format/sha256-stream.ts';
import type { Hashing } from '../download/hash.ts';
import type { Key } from '../store/change.ts';
import type { ModelStore } from '../store/model-store.ts';
import type { ListedFile, Listing } from './listing.ts';
import type { Piece } from './pieces.ts';

/** Thrown if a file from the hub does not match its hash. */
export class BadFile extends Failure {
  readonly file: string;

  constructor(file: string, problem: string) {
    super('corrupt-shard', `${file} ${problem}; it was not used.`);
    this.file = file;
  }
}

/** The progress of a whole file's hash. */
interface Whole {
  state: Sha256State;
  isSound: boolean;
}

export class FileChecks {
  readonly #listing: Listing;
  readonly #modelStore: ModelStore;
  readonly #hashing: Hashing;
  readonly #wholes: Map<string, Whole>;
  /** The SHA-256 of each piece that has ever arrived, by the piece's name. */
  readonly #pieces: Map<string, string>;
  /** Records of piece hashes for which storage had no space. */
  readonly #unsaved: [Key, string][] = [];
  readonly #forgotten = new Set<string>();

  private constructor(
    listing: Listing,
    modelStore: ModelStore,
    hashing: Hashing,
    wholes: Map<string, Whole>,
    pieces: Map<string, string>,
  ) {
    this.#listing = listing;
    this.#modelStore = modelStore;
    this.#hashing = hashing;
    this.#wholes = wholes;
    this.#pieces = pieces;
  }

  /** Opens the checks with the state that an earlier visit stored. */
  static async open(listing: Listing, modelStore: ModelStore, hashing: Hashing): Promise<FileChecks> {
    const { database } = modelStore;
    const [wholes, pieces] = await Promise.all(
      (['whole', 'hash'] as const).map((kind) => database.under(modelStore.key(kind))),
    );
    return new FileChecks(
      listing,
      modelStore,
      hashing,
      new Map(wholes?.map(([[, , file], value]) => [String(file), parseWhole(value)])),
      new Map(
        pieces?.map(([[, , file, start], hash]) => [nameOf(String(file), Number(start)), String(hash)]),
      ),
    );
  }

  /** The hub's entry for a file; undefined if the repository has no such file. */
  listed(file: string): ListedFile | undefined {
    return Object.hasOwn(this.#listing, file) ? this.#listing[file] : undefined;
  }

  /** Checks a small file against its hash. Returns the file's bytes, perhaps in another buffer. */
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

  /** Stores the hash of a new piece. If the piece has arrived before, its hash must be the same as the first time. */
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
      await this.#save([this.#modelStore.key('hash', file, start), hashed.sha256]);
    }
    return hashed.bytes;
  }

  /**
   * Stores a record. If the disk is full, the record is stored with the next shard, for which there may still be space.
   */
  async #save(record: [Key, string]): Promise<void> {
    try {
      await this.#modelStore.database.change({ records: [record] });
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'storage-full') throw error;
      this.#unsaved.push(record);
    }
  }

  /** The number of bytes, from the beginning of the file, that the hash of the whole file covers. */
  reached(file: string): number {
    return this.#wholes.get(file)?.state.bytes ?? 0;
  }

  isSound(file: string): boolean {
    return this.#wholes.get(file)?.isSound ?? false;
  }

  /** Adds the bytes that follow those hashed so far. The caller must not use `bytes` afterwards. */
  async take(file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { state } = this.#wholes.get(file) ?? { state: sha256Begin() };
    this.#wholes.set(file, { state: await this.#hashing.extend(state, bytes), isSound: false });
  }

  /** Call this when the whole file is hashed. Checks the hash, and notes that the file is sound. */
  async conclude(file: string): Promise<void> {
    const whole = this.#wholes.get(file) ?? fail('bug', `${file} was never hashed.`);
    const listed = this.listed(file);
    this.demandLength(file, whole.state.bytes);
    if (!listed || !('sha256' in listed)) fail('bug', `${file} has no SHA-256 to be held against.`);
    if (sha256End(whole.state) !== listed.sha256) mismatch(file);
    whole.isSound = true;
    await this.#modelStore.database.change({ records: this.records() });
  }

  /** Forgets all hashes of a file, because it will be fetched again. */
  async forget(file: string): Promise<void> {
    this.#forgotten.add(file);
    this.#wholes.delete(file);
    for (const name of this.#pieces.keys()) if (name.endsWith(` ${file}`)) this.#pieces.delete(name);
    const goneUnder = (['hash', 'whole'] as const).map((kind) => this.#modelStore.key(kind, file));
    await this.#modelStore.database.change({ goneUnder });
  }

  /** The state of all hashes. It must be stored together with the deletion of the pieces that the hashes cover. */
  records(): [Key, unknown][] {
    const wholes = Array.from(this.#wholes, ([file, whole]): [Key, unknown] => [
      this.#modelStore.key('whole', file),
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
