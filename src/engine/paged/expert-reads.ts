// Reads experts from the store, a few at a time: those that somebody waits for first, guesses in the
// time that is left. A guess that turns out wrong is dropped before it is read, or forgotten after.

/** More reads in flight raise latency, not throughput. */
const LANES = 2;

interface Job {
  layer: number;
  expert: number;
  isGuess: boolean;
  result: Promise<Uint8Array>;
  settle: { resolve: (bytes: Uint8Array) => void; reject: (error: unknown) => void };
}

export class ExpertReads {
  /** Milliseconds that lanes were busy, bytes brought, guesses begun and guesses that were then wanted. */
  readonly totals = { readMs: 0, bytes: 0, guesses: 0, rightGuesses: 0 };
  readonly #read: (layer: number, expert: number) => Promise<Uint8Array>;
  /** In the order in which they will be read. */
  readonly #waiting: Job[] = [];
  readonly #jobs = new Map<string, Job>();
  #busy = 0;

  constructor(read: (layer: number, expert: number) => Promise<Uint8Array>) {
    this.#read = read;
  }

  /** The bytes of an expert. Whoever asks gets them alone: they are not kept. Fails as the store does. */
  demand(layer: number, expert: number): Promise<Uint8Array> {
    const key = `${layer}.${expert}`;
    const known = this.#jobs.get(key);
    const job = known ?? this.#add(layer, expert, false);
    this.#jobs.delete(key);
    if (known !== undefined) {
      this.totals.rightGuesses++;
      known.isGuess = false;
      const at = this.#waiting.indexOf(known);
      if (at !== -1) this.#waiting.splice(at, 1);
      if (at !== -1) this.#enqueue(known);
    }
    this.#start();
    return job.result;
  }

  /** What may be wanted next, the likeliest first. Guesses made before are dropped unless repeated. */
  guess(layer: number, experts: Iterable<number>): void {
    const keep = new Set<string>();
    for (const expert of experts) {
      const key = `${layer}.${expert}`;
      keep.add(key);
      if (!this.#jobs.has(key)) this.#add(layer, expert, true);
    }
    for (const [key, job] of this.#jobs) {
      if (keep.has(key)) continue;
      this.#jobs.delete(key);
      const at = this.#waiting.indexOf(job);
      if (at !== -1) this.#waiting.splice(at, 1);
    }
    this.#start();
  }

  #add(layer: number, expert: number, isGuess: boolean): Job {
    let settle!: Job['settle'];
    const result = new Promise<Uint8Array>((resolve, reject) => {
      settle = { resolve, reject };
    });
    const job: Job = { layer, expert, isGuess, result, settle };
    // A guess that fails is nobody's failure, unless it is wanted later: then its promise tells.
    result.catch(() => undefined);
    if (isGuess) {
      this.#jobs.set(`${layer}.${expert}`, job);
      this.#waiting.push(job);
    } else {
      this.#enqueue(job);
    }
    return job;
  }

  /** Behind what somebody waits for, before all guesses. */
  #enqueue(job: Job): void {
    const at = this.#waiting.findIndex((each) => each.isGuess);
    this.#waiting.splice(at === -1 ? this.#waiting.length : at, 0, job);
  }

  #start(): void {
    while (this.#busy < LANES) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      this.#busy++;
      if (job.isGuess) this.totals.guesses++;
      void this.#perform(job);
    }
  }

  async #perform(job: Job): Promise<void> {
    const start = performance.now();
    try {
      const bytes = await this.#read(job.layer, job.expert);
      this.totals.bytes += bytes.byteLength;
      job.settle.resolve(bytes);
    } catch (error) {
      job.settle.reject(error);
    } finally {
      this.totals.readMs += performance.now() - start;
      this.#busy--;
      this.#start();
    }
  }
}
