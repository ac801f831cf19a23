// Loads pieces of weights files from memory, from the spool or from the hub, each only once. Checks the pieces that
// arrive, and owns those in memory.

import { fail } from '../../failure.ts';
import type { FileChecks } from './file-checks.ts';
import type { HubFetch } from './hub-fetch.ts';
import type { Piece } from './pieces.ts';
import type { RemoteFile, Spool } from './spool.ts';

/** The number of pieces held in memory. */
const HELD_PIECES = 8;

export class PieceLoader {
  readonly #fetch: HubFetch;
  readonly #spool: Spool;
  readonly #checks: FileChecks | undefined;
  readonly #lanes: number;
  /** Pieces in memory or being fetched, the most recently used last. */
  readonly #held = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  #underWay = 0;

  /** `lanes`: the number of parallel fetches. */
  constructor(fetch: HubFetch, spool: Spool, checks: FileChecks | undefined, lanes: number) {
    this.#fetch = fetch;
    this.#spool = spool;
    this.#checks = checks;
    this.#lanes = lanes;
  }

  /** A piece from memory, from the spool or from the hub. */
  load(file: string, piece: Piece): Promise<Uint8Array<ArrayBuffer>> {
    const name = pieceName(file, piece);
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

  /** Begins to load the pieces after `index`, as far as the lanes and the spool allow. */
  loadAhead(file: string, pieces: Piece[], index: number): void {
    for (let next = index + 1; next < index + this.#lanes; next++) {
      const piece = pieces[next];
      if (!piece || this.#underWay >= this.#lanes || !this.#spool.mayFetchAhead) return;
      if (this.#spool.knows(file, piece) || this.#held.has(pieceName(file, piece))) continue;
      // The read that needs this piece reports the failure.
      this.load(file, piece).catch(() => undefined);
    }
  }

  async #loadPiece(file: string, piece: Piece): Promise<Uint8Array<ArrayBuffer>> {
    const spooled = await this.#spool.piece(file, piece);
    if (spooled) return new Uint8Array(await spooled.arrayBuffer());
    const remote = this.#spool.remote(file) ?? fail('bug', `${file} was never asked for.`);
    this.#underWay++;
    try {
      const came = await this.#fetchRest(file, remote, piece);
      const bytes = (await this.#checks?.arrived(file, piece, came)) ?? came;
      await this.#spool.keepPiece(file, piece, bytes);
      return bytes;
    } finally {
      this.#underWay--;
    }
  }

  /** Fetches a piece, except the bytes at its beginning that came with the header of the file. */
  async #fetchRest(file: string, remote: RemoteFile, piece: Piece): Promise<Uint8Array<ArrayBuffer>> {
    const known = this.#spool.beginning(file, piece);
    const rest = { start: piece.start + known.byteLength, end: piece.end };
    if (known.byteLength === 0) return this.#fetch.part(file, remote, piece);
    const bytes = new Uint8Array(piece.end - piece.start);
    bytes.set(known);
    if (rest.end > rest.start) bytes.set(await this.#fetch.part(file, remote, rest), known.byteLength);
    return bytes;
  }
}

export function pieceName(file: string, piece: Piece): string {
  return `${piece.start} ${file}`;
}
