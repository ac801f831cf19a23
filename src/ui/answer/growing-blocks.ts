// Parses an answer into blocks while it grows. Only the last block is parsed again, so that new text costs the same in
// a long answer as in a short one, and finished blocks are not drawn again. Text that arrives at once is parsed piece
// by piece.

import type { PlacedBlock } from './blocks.ts';
import { linkNames, readPiece, type LinkNames } from './markdown.ts';
import { piecesOf } from './pieces.ts';

/** Matches a link definition. One at the end of a text changes the blocks before it. */
const DEFINITION = /^ {0,3}\[[^\]\n]+\]:/m;

/** Matches a fence whose first line is still being written, so that its language is not known yet. */
const BEGUN_FENCE = /(^|\n)[ \t]*(`{1,2}|`{3}[\w-]*)$/;

export interface ReadSoFar {
  blocks: PlacedBlock[];
  /** Whether `blocks` covers the whole text; if not, another call continues. */
  isWhole: boolean;
}

export class GrowingBlocks {
  #settled: PlacedBlock[] = [];
  #settledEnd = 0;
  /** The link definitions; undefined until the text has ended. */
  #links: LinkNames | undefined;

  /** The blocks of `text`, which begins with the text of the previous call. `ended`: the text is complete. */
  read(text: string, ended: boolean): PlacedBlock[] {
    let read = this.readSome(text, ended, Number.POSITIVE_INFINITY);
    while (!read.isWhole) read = this.readSome(text, ended, Number.POSITIVE_INFINITY);
    return read.blocks;
  }

  /** Parses at most `pieces` more pieces. */
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
        // If several blocks begin at the same offset (none do today), all of them stay open.
        this.#settled.push(...fresh.filter(({ at }) => at < last.at));
        this.#settledEnd = last.at;
        tail = fresh.filter(({ at }) => at >= last.at);
      } else tail = fresh;
    }
    return { blocks: [...this.#settled, ...tail], isWhole: true };
  }
}
