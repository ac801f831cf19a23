// In which order experts are read: what somebody waits for, then guesses, these a piece at a time, so that a
// wrong one holds nobody up for long. Pure bookkeeping, the same for the real pager and the simulator.

/** An expert as large as the 30B's is read in so many pieces while it is a guess; what is wanted, in one go. */
export const PIECES = 4;
/** Guesses that are read, and held in memory until their layer is reached, are no more than these. */
const MOST_GUESSES = 24;

export interface ExpertId {
  readonly layer: number;
  readonly expert: number;
}

export class ExpertRead implements ExpertId {
  readonly layer: number;
  readonly expert: number;
  /** Pieces given out to be read. */
  begun = 0;

  constructor(layer: number, expert: number) {
    this.layer = layer;
    this.expert = expert;
  }
}

/** The next thing to read: pieces `from` to `to`, the latter exclusive. */
export interface NextRead<Read> {
  read: Read;
  isGuess: boolean;
  from: number;
  to: number;
}

export class ReadQueue<Read extends ExpertRead> {
  readonly pieces: number;
  readonly #make: (layer: number, expert: number) => Read;
  readonly #wanted: Read[] = [];
  /** Those that are read to the end, too. */
  #guesses: Read[] = [];

  constructor(pieces: number, make: (layer: number, expert: number) => Read) {
    this.pieces = pieces;
    this.#make = make;
  }

  /** Somebody waits for an expert, and owns the read from now on; what a guess has begun goes on. */
  want(layer: number, expert: number): Read {
    const read = this.#find({ layer, expert }) ?? this.#make(layer, expert);
    this.#guesses = this.#guesses.filter((guess) => guess !== read);
    if (read.begun < this.pieces) this.#wanted.push(read);
    return read;
  }

  /**
   * What may be wanted next, in the order in which to read it, now that layers up to `passed` have their
   * experts. Earlier guesses are dropped unless repeated, or begun for a layer still to come: these wait.
   */
  guess(passed: number, experts: readonly ExpertId[]): void {
    const named = experts.map((id) => this.#find(id) ?? this.#make(id.layer, id.expert));
    const begun = this.#guesses.filter((read) => read.begun > 0 && read.layer > passed);
    this.#guesses = [...new Set([...named, ...begun])].slice(0, MOST_GUESSES);
  }

  next(): NextRead<Read> | undefined {
    const wanted = this.#wanted.shift();
    const read = wanted ?? this.#guesses.find(({ begun }) => begun < this.pieces);
    if (read === undefined) return undefined;
    const from = read.begun;
    read.begun = wanted === undefined ? from + 1 : this.pieces;
    return { read, isGuess: wanted === undefined, from, to: read.begun };
  }

  #find({ layer, expert }: ExpertId): Read | undefined {
    return this.#guesses.find((guess) => guess.layer === layer && guess.expert === expert);
  }
}
