// Watches how long a model's own program (its template, its tokenizer's patterns) runs in a worker, because the worker
// cannot respond while the program runs. Honest programs take milliseconds.

const TICK_MS = 250;
/** After this many ticks, a program counts as slow: it may be endless. */
const SLOW_TICKS = 1;
/** After this many ticks, a program counts as endless, unless the user waits for something else. */
const PATIENT_TICKS = 40;
/** After this many ticks, a program counts as endless if the user has stopped its run or has requested another model. */
const HURRIED_TICKS = 4;

export interface ProgramListener {
  /** Whether the run whose program begins has already been stopped, or other calls wait for its end. */
  isUrgent(): boolean;
  /** Called if the program is slow and may be endless, at most once for each program. */
  onSlow(): void;
  /** Called if a slow program has ended after all. */
  onEnded(): void;
  /** Called if the program counts as endless. */
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

  /** Handles a message from the worker. */
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
    // Count ticks instead of time: while the device sleeps, neither the program nor the ticks continue, and between
    // ticks the page handles messages.
    this.#timer = setInterval(() => {
      this.#ticks++;
      if (this.#ticks === SLOW_TICKS) this.#listener.onSlow();
      if (this.#ticks <= this.#patience) return;
      this.dispose();
      this.#listener.onEndless();
    }, TICK_MS);
  }

  /**
   * Lowers the remaining time to at most HURRIED_TICKS, because the user stopped a run, or another call waits for its
   * turn.
   */
  hurry(): void {
    this.#patience = Math.min(this.#patience, this.#ticks + HURRIED_TICKS);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
