// A visit at a kiosk: it begins with a touch and ends when the visitor ends it, or does not answer the question whether
// they are still there. This class does not know which data a visit leaves behind; `wipe` erases it.

export type VisitPhase =
  /** No visitor is here. */
  | { kind: 'waiting' }
  | { kind: 'here' }
  /** "Are you still there?" */
  | { kind: 'asking'; secondsLeft: number };

interface Parts {
  idleSeconds: number;
  graceSeconds: number;
  /** Whether the page is working for the visitor, who may be waiting without touching it. Then no idle time counts. */
  isWorking: () => boolean;
  wipe: (why: 'finished' | 'left') => void;
  /** Wall-clock time in milliseconds, which goes on while the device sleeps. */
  now: () => number;
}

export class Visit {
  readonly #parts: Parts;
  #phase = $state.raw<VisitPhase>({ kind: 'waiting' });
  /** The time of the visitor's last sign of life. */
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

  /** Reports a sign of life from the visitor, which also answers the question whether they are still there. */
  touch(): void {
    if (this.#phase.kind !== 'waiting') this.begin();
  }

  finish(): void {
    this.#end('finished');
  }

  /** Call about once a second. */
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
