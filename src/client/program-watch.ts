// Watches the time that a model's own program (its template, its tokenizer's patterns) takes in a worker,
// because the worker cannot answer while the program runs. Honest programs take milliseconds.

const TICK_MS = 250;
/** After this many ticks a program may be endless. */
const SLOW_TICKS = 1;
/** After more ticks than these a program counts as endless, if the user waits for nothing else. */
const PATIENT_TICKS = 40;
/** The same limit, if the user has stopped the run or asked for another model. */
const HURRIED_TICKS = 4;

export interface ProgramListener {
  /** Whether the run whose program begins has been stopped already, or other calls wait for its end. */
  isUrgent(): boolean;
  /** The program is slow and may be endless. Called once for each program. */
  onSlow(): void;
  /** A slow program ended after all. */
  onEnded(): void;
  /** The program counts as endless. */
  onEndless(): void;
}

export class ProgramWatch {
  readonly #listener: ProgramListener;
  #timer: ReturnType<typeof setInterval> | undefined;
  #ticks = 0;
  #patience = 0;

  constructor(listener: ProgramListener) {
    this.#listener = listener;
  }

  /** Handles a message of the worker. */
  hear(data: unknown): void {
    const word =
      typeof data === 'object' && data !== null && 'foreignProgram' in data ? data.foreignProgram : null;
    if (word === 'ended' && this.#timer !== undefined) {
      this.dispose();
      if (this.#ticks >= SLOW_TICKS) this.#listener.onEnded();
    }
    if (word !== 'begun') return;
    this.dispose();
    this.#ticks = 0;
    this.#patience = this.#listener.isUrgent() ? HURRIED_TICKS : PATIENT_TICKS;
    // Count ticks, not time: while the device sleeps, the program does not run, and the page handles messages
    // between ticks.
    this.#timer = setInterval(() => {
      this.#ticks++;
      if (this.#ticks === SLOW_TICKS) this.#listener.onSlow();
      if (this.#ticks <= this.#patience) return;
      this.dispose();
      this.#listener.onEndless();
    }, TICK_MS);
  }

  /** Lowers the remaining time to HURRIED_TICKS at most: the user stopped a run, or another call waits for its turn. */
  hurry(): void {
    this.#patience = Math.min(this.#patience, this.#ticks + HURRIED_TICKS);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
