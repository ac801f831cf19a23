// Hashes the weights files of a hub from beginning to end and compares the results with the hub's hashes. Works in the
// background as long as the pieces are available.

import { BadFile, type FileChecks } from './file-checks.ts';
import type { PieceLoader } from './piece-loader.ts';
import { indexAt, type Piece } from './pieces.ts';
import type { Spool } from './spool.ts';

export class FileHasher {
  readonly #checks: FileChecks;
  readonly #spool: Spool;
  readonly #loader: PieceLoader;
  readonly #signal: AbortSignal;
  /** Files whose pieces are being hashed in the background. */
  readonly #hashing = new Map<string, Promise<void>>();

  /** `signal` ends the hashing in the background. */
  constructor(checks: FileChecks, spool: Spool, loader: PieceLoader, signal: AbortSignal) {
    this.#checks = checks;
    this.#spool = spool;
    this.#loader = loader;
    this.#signal = signal;
  }

  /** Records the hash of the bytes before the file's tensors: the length of the header, and the header. */
  async opened(file: string, pieces: readonly Piece[]): Promise<void> {
    const first = this.#firstBytes(file, this.#dataStart(file, pieces));
    await this.#checks.arrived(file, { start: 0, end: first.byteLength }, first);
  }

  /** Continues the hash of the whole file in the background, over the pieces that are available. */
  hashBehind(file: string, pieces: Piece[]): void {
    if (this.#hashing.has(file) || this.#checks.isSound(file)) return;
    const going = this.#hashOn(file, pieces, async (piece) => {
      this.#signal.throwIfAborted();
      const blob = await this.#spool.piece(file, piece);
      return blob && new Uint8Array(await blob.arrayBuffer());
    });
    // If this fails, the same failure occurs again when `verify` hashes the file.
    const settled = going.catch(() => undefined).finally(() => this.#hashing.delete(file));
    this.#hashing.set(file, settled);
  }

  /**
   * Checks every weights file that was read against its hash, and fetches pieces again that are no longer stored. Fails
   * with a BadFile. `onBytes` receives the length of each piece before it is hashed, and the number of bytes that were
   * left to hash when verification began.
   */
  async verify(
    opened: ReadonlyMap<string, Piece[]>,
    onBytes: (bytes: number, left: number) => void,
  ): Promise<void> {
    const checks = this.#checks;
    const files = Array.from(opened).filter(([file]) => !checks.isSound(file));
    for (const [file] of files) await this.#hashing.get(file);
    let left = 0;
    for (const [file] of files) left += (this.#spool.remote(file)?.bytes ?? 0) - checks.reached(file);
    for (const [file, pieces] of files) {
      await this.#hashOn(file, pieces, async (piece) => {
        const bytes = (await this.#loader.load(file, piece)).slice();
        onBytes(bytes.byteLength, left);
        return bytes;
      });
      await checks.conclude(file);
    }
  }

  /** Hashes piece after piece as long as `load` returns the next one. */
  async #hashOn(
    file: string,
    pieces: Piece[],
    load: (piece: Piece) => Promise<Uint8Array<ArrayBuffer> | undefined>,
  ): Promise<void> {
    const checks = this.#checks;
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

  /** The offset at which the data of the tensors begins. */
  #dataStart(file: string, pieces: readonly Piece[]): number {
    return pieces[0]?.start ?? this.#spool.remote(file)?.bytes ?? 0;
  }

  /** The first bytes of a file up to `end`, where its tensors begin. They lie in the spool, in parts that follow each other. */
  #firstBytes(file: string, end: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(end);
    const parts = this.#spool.parts(file).sort((a, b) => a.start - b.start);
    for (const { start, bytes: part } of parts) {
      if (start < end) bytes.set(part.subarray(0, end - start), start);
    }
    return bytes;
  }
}

/** Whether the `parts`, which were read separately, have the same bytes as the piece at the same place. */
function agrees(piece: Piece, bytes: Uint8Array, parts: { start: number; bytes: Uint8Array }[]): boolean {
  return parts.every(({ start, bytes: part }) => {
    const [from, to] = [Math.max(start, piece.start), Math.min(start + part.byteLength, piece.end)];
    for (let at = from; at < to; at++) if (part[at - start] !== bytes[at - piece.start]) return false;
    return true;
  });
}
