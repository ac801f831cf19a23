// The operator's PIN. It keeps visitors out of the settings; whoever can read the device's files or the
// catalogue can try all of them, and needs none.

import type { Remembered } from '../remembered.ts';

const ITERATIONS = 200_000;
const FREE_TRIES = 5;
const WAIT_MS = 60_000;
export const PIN = /^\d{4,12}$/;

/** 'salt:hash' in hexadecimal, by PBKDF2 with SHA-256. */
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

export class PinLock {
  readonly #remembered: Remembered;
  readonly #fixed: string | null;
  readonly #now: () => number;
  #wrong = 0;
  #waitUntil = 0;

  /** `fixed`: the catalogue's, which nobody can change here. */
  constructor(remembered: Remembered, fixed: string | null, now = () => Date.now()) {
    this.#remembered = remembered;
    this.#fixed = fixed;
    this.#now = now;
  }

  /** Whether nobody has set one yet. */
  get isUnset(): boolean {
    return this.#kept === null;
  }

  /** Until then no PIN is looked at, after too many wrong ones; 0: now. */
  get waitSeconds(): number {
    return Math.max(0, Math.ceil((this.#waitUntil - this.#now()) / 1000));
  }

  /** Sets the first one; there is no other way to change it than to erase all that this site keeps. */
  async set(pin: string): Promise<void> {
    if (this.isUnset) this.#remembered.set('kiosk-pin', await hashPin(pin));
  }

  async opens(pin: string): Promise<boolean> {
    const kept = this.#kept;
    if (kept === null || this.waitSeconds > 0) return false;
    const isRight = (await hashPin(pin, bytes(kept.split(':')[0] ?? ''))) === kept;
    this.#wrong = isRight ? 0 : this.#wrong + 1;
    if (this.#wrong >= FREE_TRIES) {
      this.#wrong = 0;
      this.#waitUntil = this.#now() + WAIT_MS;
    }
    return isRight;
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
