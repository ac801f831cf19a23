// An answer's blocks while it grows: only the block that is being written is read again, so that a long
// answer costs no more per piece than a short one, and what stands is not drawn anew.

import type { PlacedBlock } from './blocks.ts';
import { readMarkdown } from './markdown.ts';

/** Names for links at the end of a text change what stands before them. */
const DEFINITION = /^ {0,3}\[[^\]\n]+\]:/m;

/** A fence whose first line is still being written: nobody can say yet what it holds. */
const BEGUN_FENCE = /(^|\n)[ \t]*(`{1,2}|`{3}[\w-]*)$/;

export class GrowingBlocks {
  #settled: PlacedBlock[] = [];
  #settledEnd = 0;

  /** The blocks of `text`, which begins with the text of the call before. `ended`: no more will come. */
  read(text: string, ended: boolean): PlacedBlock[] {
    if (ended && DEFINITION.test(text)) return readMarkdown(text);
    const shown = ended ? text : text.replace(BEGUN_FENCE, '');
    const fresh = readMarkdown(shown.slice(this.#settledEnd), this.#settledEnd);
    const blocks = [...this.#settled, ...fresh];
    const last = fresh.at(-1);
    // Several blocks may begin at one place (none does today): all of them stay open.
    if (last !== undefined && last.at > this.#settledEnd) {
      this.#settled = blocks.filter(({ at }) => at < last.at);
      this.#settledEnd = last.at;
    }
    return blocks;
  }
}
