// Watches the time that a model's own program (its template, its tokenizer's patterns) takes in a worker, which cannot
// be asked while it runs. Honest ones take milliseconds.

const TICK_MS = 250;
/** While nobody waits for anything else. */
const PATIENT_TICKS = 40;
/** Once somebody stops the run or asks for another model. */
const HURRIED_TICKS = 6;

export class ProgramWatch {
  readonly #onEndless: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #left = 0;

  constructor(onEndless: () => void) {
    this.#onEndless = onEndless;
  }

  /** A message of the worker. */
  hear(data: unknown): void {
    const word =
      typeof data === 'object' && data !== null && 'foreignProgram' in data ? data.foreignProgram : null;
    if (word === 'ended') this.dispose();
    if (word !== 'begun') return;
    this.dispose();
    this.#left = PATIENT_TICKS;
    // Ticks, not the clock: a device that slept has not computed meanwhile, and messages come between them.
    this.#timer = setInterval(() => {
      if (this.#left-- > 0) return;
      this.dispose();
      this.#onEndless();
    }, TICK_MS);
  }

  /** Somebody waits for what comes after the run under way. */
  hurry(): void {
    this.#left = Math.min(this.#left, HURRIED_TICKS);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
