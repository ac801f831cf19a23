// Watches the time that a model's own program (its template, its tokenizer's patterns) takes in a worker,
// because the worker cannot answer while the program runs. Honest programs take milliseconds.

const TICK_MS = 250;
/** Patience while the person waits for nothing else. */
const PATIENT_TICKS = 40;
/** Patience once the person stops the run or asks for another model. */
const HURRIED_TICKS = 6;

export class ProgramWatch {
  readonly #onEndless: () => void;
  readonly #isUrgent: () => boolean;
  #timer: ReturnType<typeof setInterval> | undefined;
  #left = 0;

  /** `isUrgent`: whether the run of a program that begins is stopped already, or other calls wait for its end. */
  constructor(onEndless: () => void, isUrgent: () => boolean) {
    this.#onEndless = onEndless;
    this.#isUrgent = isUrgent;
  }

  /** Handles a message of the worker. */
  hear(data: unknown): void {
    const word =
      typeof data === 'object' && data !== null && 'foreignProgram' in data ? data.foreignProgram : null;
    if (word === 'ended') this.dispose();
    if (word !== 'begun') return;
    this.dispose();
    this.#left = this.#isUrgent() ? HURRIED_TICKS : PATIENT_TICKS;
    // This counts ticks, not time: a device that slept did not compute meanwhile, and messages are handled
    // between ticks.
    this.#timer = setInterval(() => {
      if (this.#left-- > 0) return;
      this.dispose();
      this.#onEndless();
    }, TICK_MS);
  }

  /** Lowers the remaining time to HURRIED_TICKS at most: the user stopped a run, or another call waits for its turn. */
  hurry(): void {
    this.#left = Math.min(this.#left, HURRIED_TICKS);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
