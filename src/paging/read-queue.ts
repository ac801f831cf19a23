// The order in which experts are read: first those that the pager waits for, then guesses. A guess is read a
// piece at a time, so that a wrong one delays no other read for long. Pure bookkeeping, shared by the pager
// and the simulator.

/**
 * The number of pieces in which a guess is read, for experts as large as the 30B model's; a wanted expert is
 * read in one go.
 */
export const PIECES = 4;
/** The largest number of guesses that are read, and held in memory until their layer is reached. */
const MOST_GUESSES = 24;

export interface ExpertId {
  readonly layer: number;
  readonly expert: number;
}

export class ExpertRead implements ExpertId {
  readonly layer: number;
  readonly expert: number;
  /** Pieces that `next` has handed out for reading. */
  begun = 0;

  constructor(layer: number, expert: number) {
    this.layer = layer;
    this.expert = expert;
  }
}

/** The next read: pieces `from` to `to`, exclusive. */
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
  /** Includes guesses that are read completely. */
  #guesses: Read[] = [];

  constructor(pieces: number, make: (layer: number, expert: number) => Read) {
    this.pieces = pieces;
    this.#make = make;
  }

  /** The caller waits for an expert and owns the read from now on. If a guess has begun the read, it continues. */
  want(layer: number, expert: number): Read {
    const read = this.#find({ layer, expert }) ?? this.#make(layer, expert);
    this.#guesses = this.#guesses.filter((guess) => guess !== read);
    if (read.begun < this.pieces) this.#wanted.push(read);
    return read;
  }

  /**
   * `experts`: those that the next layers may choose, in reading order. Layers up to `passed` have their
   * experts. Drops earlier guesses unless `experts` repeats them, or they are begun for a layer still to
   * come: those go to the end.
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
