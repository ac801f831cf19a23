// An answer's blocks while it grows: only the block that is being written is read again, so that a long
// answer costs no more per piece than a short one, and what stands is not drawn anew. What comes at once is read piece by
// piece.

import type { PlacedBlock } from './blocks.ts';
import { linkNames, readPiece, type LinkNames } from './markdown.ts';
import { piecesOf } from './pieces.ts';

/** Names for links at the end of a text change what stands before them. */
const DEFINITION = /^ {0,3}\[[^\]\n]+\]:/m;

/** A fence whose first line is still being written: nobody can say yet what it holds. */
const BEGUN_FENCE = /(^|\n)[ \t]*(`{1,2}|`{3}[\w-]*)$/;

export interface ReadSoFar {
  blocks: PlacedBlock[];
  /** Whether that is all; if not, another call goes on. */
  isWhole: boolean;
}

export class GrowingBlocks {
  #settled: PlacedBlock[] = [];
  #settledEnd = 0;
  /** undefined until the text has ended. */
  #links: LinkNames | undefined;

  /** The blocks of `text`, which begins with the text of the call before. `ended`: no more will come. */
  read(text: string, ended: boolean): PlacedBlock[] {
    let read = this.readSome(text, ended, Number.POSITIVE_INFINITY);
    while (!read.isWhole) read = this.readSome(text, ended, Number.POSITIVE_INFINITY);
    return read.blocks;
  }

  /** Reads on until `pieces` more are settled. */
  readSome(text: string, ended: boolean, pieces: number): ReadSoFar {
    if (ended && this.#links === undefined) {
      this.#links = linkNames(text);
      if (DEFINITION.test(text)) {
        this.#settled = [];
        this.#settledEnd = 0;
      }
    }
    const shown = ended ? text : text.replace(BEGUN_FENCE, '');
    let count = 0;
    let tail: PlacedBlock[] = [];
    for (const piece of piecesOf(shown, this.#settledEnd)) {
      if (count++ >= pieces) return { blocks: [...this.#settled], isWhole: false };
      const fresh = readPiece(piece, this.#links ?? (Object.create(null) as LinkNames));
      const isLast = piece.end >= shown.length;
      const last = fresh.at(-1);
      if (!isLast) {
        this.#settled.push(...fresh);
        this.#settledEnd = piece.end;
      } else if (last !== undefined && last.at > this.#settledEnd) {
        // Several blocks may begin at one place (none does today): all of them stay open.
        this.#settled.push(...fresh.filter(({ at }) => at < last.at));
        this.#settledEnd = last.at;
        tail = fresh.filter(({ at }) => at >= last.at);
      } else tail = fresh;
    }
    return { blocks: [...this.#settled, ...tail], isWhole: true };
  }
}
