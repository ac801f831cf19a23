// The order in which experts are read: first those that the pager waits for, then guesses. A guess is read a piece at a
// time, so that a wrong one delays no other read for long. Guesses that are usually wrong are not read. The pager and the
// simulator share this bookkeeping, which reads no bytes.

import { GuessWorth, type Guess } from './guess-worth.ts';

/**
 * The number of pieces in which a guess is read, for experts as large as the 30B model's. A requested expert is read as
 * a whole.
 */
export const PIECES = 4;
/** The largest number of guesses that are read and held in memory until their layer is reached. */
const MOST_GUESSES = 24;

export interface ExpertId {
  readonly layer: number;
  readonly expert: number;
}

export class ExpertRead implements ExpertId {
  readonly layer: number;
  readonly expert: number;
  /** The number of pieces that `next` has handed out for reading. */
  begun = 0;

  constructor(layer: number, expert: number) {
    this.layer = layer;
    this.expert = expert;
  }
}

/** The next read: pieces `from` to `to` − 1. */
export interface NextRead<Read> {
  read: Read;
  isGuess: boolean;
  from: number;
  to: number;
}

export class ReadQueue<Read extends ExpertRead> {
  readonly pieces: number;
  readonly #make: (layer: number, expert: number) => Read;
  readonly #worth: GuessWorth;
  readonly #wanted: Read[] = [];
  /** Guesses, including those whose pieces are all read. */
  #guesses: Read[] = [];

  /** `leastRight`: the share of guesses of one kind that must be right for such guesses to be read. */
  constructor(pieces: number, leastRight: number, make: (layer: number, expert: number) => Read) {
    this.pieces = pieces;
    this.#worth = new GuessWorth(leastRight);
    this.#make = make;
  }

  /**
   * Requests an expert for the caller, who waits for it and owns the read from now on. If a guess has begun the read,
   * the same read continues.
   */
  want(layer: number, expert: number): Read {
    this.#worth.requested(layer, expert);
    const read = this.#find({ layer, expert }) ?? this.#make(layer, expert);
    this.#guesses = this.#guesses.filter((guess) => guess !== read);
    if (read.begun < this.pieces) this.#wanted.push(read);
    return read;
  }

  /**
   * `experts`: the experts that the next layers may choose, in reading order. All experts of the layers up to `passed`
   * have been requested. An earlier guess is dropped unless `experts` repeats it and it is worth a read, or unless its read has begun and its
   * layer is still to come; in the latter case it goes to the end. Returns the guesses that it
   * dropped.
   */
  guess(passed: number, experts: readonly Guess[]): Read[] {
    const named = this.#worth
      .choose(passed, experts)
      .map((id) => this.#find(id) ?? this.#make(id.layer, id.expert));
    const begun = this.#guesses.filter((read) => read.begun > 0 && read.layer > passed);
    const kept = new Set([...new Set([...named, ...begun])].slice(0, MOST_GUESSES));
    const dropped = this.#guesses.filter((read) => !kept.has(read));
    this.#guesses = [...kept];
    return dropped;
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
