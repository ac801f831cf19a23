// A visit at a kiosk: it begins with a touch and ends when the visitor says so, or does not answer the
// question whether they are still there. Nothing here knows what a visit leaves behind; `wipe` does.

export type VisitPhase =
  /** Nobody is here. */
  | { kind: 'waiting' }
  | { kind: 'here' }
  /** "Are you still there?" */
  | { kind: 'asking'; secondsLeft: number };

interface Parts {
  idleSeconds: number;
  graceSeconds: number;
  /** While something is being done for the visitor, nobody can tell whether they are there. */
  isWorking: () => boolean;
  wipe: (why: 'finished' | 'left') => void;
  /** Milliseconds; real time, which goes on while a device sleeps. */
  now: () => number;
}

export class Visit {
  readonly #parts: Parts;
  #phase = $state.raw<VisitPhase>({ kind: 'waiting' });
  /** When somebody was last known to be here. */
  #last = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get phase(): VisitPhase {
    return this.#phase;
  }

  begin(): void {
    this.#last = this.#parts.now();
    this.#phase = { kind: 'here' };
  }

  /** Any sign of the visitor; the question is answered by it, too. */
  touch(): void {
    if (this.#phase.kind !== 'waiting') this.begin();
  }

  finish(): void {
    this.#end('finished');
  }

  /** To be called every second or so. */
  tick(): void {
    if (this.#phase.kind === 'waiting') return;
    const { now, idleSeconds, graceSeconds, isWorking } = this.#parts;
    if (isWorking()) {
      this.begin();
      return;
    }
    const idle = (now() - this.#last) / 1000;
    if (idle >= idleSeconds + graceSeconds) this.#end('left');
    else if (idle >= idleSeconds) {
      this.#phase = { kind: 'asking', secondsLeft: Math.ceil(idleSeconds + graceSeconds - idle) };
    }
  }

  #end(why: 'finished' | 'left'): void {
    if (this.#phase.kind === 'waiting') return;
    this.#phase = { kind: 'waiting' };
    this.#parts.wipe(why);
  }
}
