// The operator's PIN. It keeps visitors out of the settings. It does not protect against an attacker who can read the
// device's files or the catalogue: such an attacker can try every PIN against the hash, and does not need a PIN anyway.

import type { Remembered } from '../kit/remembered.ts';

const ITERATIONS = 200_000;
const FREE_TRIES = 5;
const WAIT_MS = 60_000;
export const PIN = /^\d{4,12}$/;

/** Returns 'salt:hash' in hexadecimal, computed with PBKDF2 and SHA-256. */
export async function hashPin(
  pin: string,
  salt = crypto.getRandomValues(new Uint8Array(8)),
): Promise<string> {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, [
    'deriveBits',
  ]);
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ITERATIONS };
  const bits = await crypto.subtle.deriveBits(derivation, key, 256);
  return `${hex(salt)}:${hex(new Uint8Array(bits))}`;
}

interface Tries {
  /** The number of tries that were wrong or are not judged yet. */
  count: number;
  /** Milliseconds since 1970. */
  waitUntil: number;
}

const NO_TRIES: Tries = { count: 0, waitUntil: 0 };

export class PinLock {
  readonly #remembered: Remembered;
  readonly #fixed: string | null;
  readonly #now: () => number;
  /** The latest try. Each try is judged after the previous one. */
  #tail: Promise<unknown> = Promise.resolve();

  /** `fixed`: the hash from the catalogue, which the device cannot change; null if the catalogue has none. */
  constructor(remembered: Remembered, fixed: string | null, now = () => Date.now()) {
    this.#remembered = remembered;
    this.#fixed = fixed;
    this.#now = now;
  }

  /** Whether no PIN has been set yet. */
  get isUnset(): boolean {
    return this.#kept === null;
  }

  /** Seconds for which the lock refuses every PIN after too many wrong ones; 0 if it accepts tries now. */
  get waitSeconds(): number {
    const left = this.#tries.waitUntil - this.#now();
    // If the device's clock was set back, the operator must not be locked out for years.
    return left > WAIT_MS ? WAIT_MS / 1000 : Math.max(0, Math.ceil(left / 1000));
  }

  /** Sets the first PIN. To change it later, the operator has to erase everything that this site stores. */
  async set(pin: string): Promise<void> {
    if (this.isUnset) this.#remembered.set('kiosk-pin', await hashPin(pin));
  }

  /** Whether this is the PIN. Each try is counted and stored before it is judged, so that a reload cannot undo it. */
  opens(pin: string): Promise<boolean> {
    const judged = this.#tail.then(() => this.#judge(pin));
    this.#tail = judged.catch(() => undefined);
    return judged;
  }

  async #judge(pin: string): Promise<boolean> {
    const kept = this.#kept;
    if (kept === null || this.waitSeconds > 0) return false;
    const count = this.#tries.count + 1;
    const isLast = count >= FREE_TRIES;
    this.#tries = isLast ? { count: 0, waitUntil: this.#now() + WAIT_MS } : { count, waitUntil: 0 };
    const isRight = (await hashPin(pin, bytes(kept.split(':')[0] ?? ''))) === kept;
    if (isRight) this.#tries = { count: 0, waitUntil: 0 };
    return isRight;
  }

  /** If the browser refuses storage, the count lasts as long as the page. */
  get #tries(): Tries {
    const [count = 0, waitUntil = 0] = (this.#remembered.get('kiosk-tries') ?? '').split(' ').map(Number);
    return Number.isSafeInteger(count) && Number.isFinite(waitUntil) ? { count, waitUntil } : NO_TRIES;
  }

  set #tries({ count, waitUntil }: Tries) {
    this.#remembered.set('kiosk-tries', count === 0 && waitUntil === 0 ? null : `${count} ${waitUntil}`);
  }

  get #kept(): string | null {
    return this.#fixed ?? this.#remembered.get('kiosk-pin');
  }
}

function hex(numbers: Uint8Array): string {
  return Array.from(numbers, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
