// Reads experts from the store, a few at a time, in the queue's order. Owns the bytes of guesses until
// `demand` takes them or the queue drops them.

import type { Guess } from '../../../paging/guess-worth.ts';
import { ExpertRead, PIECES, ReadQueue, type NextRead } from '../../../paging/read-queue.ts';

/** The smallest piece, because a smaller read takes as long. */
const LEAST_PIECE_BYTES = 512 * 1024;

export interface ReadPace {
  /** The number of reads in flight. */
  readonly lanes: number;
  /** The largest number of pieces in which a guess is read. */
  readonly pieces: number;
  /** The share of guesses of one kind that must be right for such guesses to be read. */
  readonly leastRight: number;
}

/** A wrong guess takes time of the reader that nothing else needs. */
const LEAST_RIGHT_BESIDE_A_DEVICE = 0.1;
/**
 * A read takes time of the cores that compute, so a wrong guess costs as much as a right one saves: without the guess,
 * one core reads while another one waits.
 */
const LEAST_RIGHT_ON_A_PROCESSOR = 0.5;

/**
 * The pace for WebGPU: the device computes while this thread goes on reading. More reads in flight raise latency, not
 * throughput.
 */
export const BESIDE_A_DEVICE: ReadPace = {
  lanes: 2,
  pieces: PIECES,
  leastRight: LEAST_RIGHT_BESIDE_A_DEVICE,
};
/**
 * The pace for WASM: this thread computes, so it cannot begin a read before a layer is done. All reads for the layers
 * after that one must therefore begin before its run. With 2 lanes and 4 pieces, the 48 layers of the 30B model waited
 * three times as long.
 */
export const BETWEEN_RUNS: ReadPace = { lanes: 8, pieces: 1, leastRight: LEAST_RIGHT_ON_A_PROCESSOR };

/**
 * The pace if another thread reads: reads continue while this thread computes. Guesses are read whole, because this
 * thread can begin the next read only between two runs.
 */
export const BESIDE_A_READER: ReadPace = { lanes: 4, pieces: 1, leastRight: LEAST_RIGHT_ON_A_PROCESSOR };

/** The part of the store that the reads use. */
export interface ReadSource {
  /** Bytes of one expert, by mixture layer. */
  readonly bytes: readonly number[];
  read(index: number, expert: number, start: number, end: number): Promise<Uint8Array>;
  /** Releases bytes that `read` returned and that no slot received. */
  drop?(bytes: Uint8Array): void;
}

class Read extends ExpertRead {
  readonly result: Promise<Uint8Array>;
  resolve!: (bytes: Uint8Array) => void;
  reject!: (error: unknown) => void;
  /** For a guess: its pieces, joined. */
  whole: Uint8Array | undefined;
  arrived = 0;

  constructor(layer: number, expert: number) {
    super(layer, expert);
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // A failed guess must not be an unhandled rejection. If `demand` returns this promise later, its caller
    // sees the failure.
    this.result.catch(() => undefined);
  }
}

export class ExpertReads {
  /**
   * `readMs`: milliseconds with at least one read in flight. `bytes`: bytes read. `guesses`: predicted experts whose read has
   * begun. `rightGuesses`: those of them that `demand` later requested.
   */
  readonly totals = { readMs: 0, bytes: 0, guesses: 0, rightGuesses: 0 };
  readonly #source: ReadSource;
  readonly #lanes: number;
  readonly #queue: ReadQueue<Read>;
  #busy = 0;
  #busySince = 0;

  constructor(source: ReadSource, pace: ReadPace, leastPieceBytes = LEAST_PIECE_BYTES) {
    this.#source = source;
    this.#lanes = pace.lanes;
    const pieces = Math.floor(Math.max(...source.bytes) / leastPieceBytes);
    this.#queue = new ReadQueue(
      Math.max(1, Math.min(pace.pieces, pieces)),
      pace.leastRight,
      (layer, expert) => new Read(layer, expert),
    );
  }

  /** Returns the bytes of an expert. The caller becomes their only owner. Fails with the failures of the store. */
  demand(layer: number, expert: number): Promise<Uint8Array> {
    const read = this.#queue.want(layer, expert);
    if (read.begun > 0) this.totals.rightGuesses++;
    this.#start();
    return read.result;
  }

  /**
   * Reads ahead `experts`, which the next layers may choose, in reading order. All experts of the layers up to `passed`
   * have been requested.
   */
  guess(passed: number, experts: readonly Guess[]): void {
    for (const read of this.#queue.guess(passed, experts)) if (read.begun > 0) this.drop(read.result);
    this.#start();
  }

  /** Drops the bytes of a read that is done or still running. The caller must not use them. */
  drop(result: Promise<Uint8Array>): void {
    result.then(
      (bytes) => this.#source.drop?.(bytes),
      () => undefined,
    );
  }

  #start(): void {
    while (this.#busy < this.#lanes) {
      const next = this.#queue.next();
      if (next === undefined) return;
      if (next.isGuess && next.from === 0) this.totals.guesses++;
      if (this.#busy++ === 0) this.#busySince = performance.now();
      void this.#perform(next);
    }
  }

  async #perform({ read, from, to }: NextRead<Read>): Promise<void> {
    const { pieces } = this.#queue;
    const bytes = this.#source.bytes[read.layer]!;
    // Pieces end at whole words, because a part can be converted only if its bytes are aligned.
    const edge = (piece: number): number =>
      piece === pieces ? bytes : 4 * Math.floor((bytes * piece) / pieces / 4);
    try {
      const piece = await this.#source.read(read.layer, read.expert, edge(from), edge(to));
      this.totals.bytes += piece.byteLength;
      read.arrived += to - from;
      if (piece.byteLength === bytes) {
        read.resolve(piece);
      } else {
        read.whole ??= new Uint8Array(bytes);
        read.whole.set(piece, edge(from));
        if (read.arrived === pieces) read.resolve(read.whole);
      }
    } catch (error) {
      read.begun = pieces;
      read.reject(error);
    } finally {
      if (--this.#busy === 0) this.totals.readMs += performance.now() - this.#busySince;
      this.#start();
    }
  }
}
