// Looks after a kiosk's page from within: starts it anew when an answer has shown no sign of life, when
// the page has had an error or the model does not come, and once a day; but for the first, only when
// nobody is there.

import type { KioskSettings } from './kiosk-settings.ts';

/** Chromium gives a lost GPU back after this long, and to a page that starts anew. */
const FAILED_MS = 130_000;

export interface Watched {
  /** Something is being computed for a visitor. */
  isWorking: boolean;
  isWaiting: boolean;
  hasFailed: boolean;
}

interface Parts {
  settings: Pick<KioskSettings, 'stuckSeconds' | 'reloadHour'>;
  look: () => Watched;
  /** `stuck`: an answer hung. */
  restart: (why: 'stuck' | 'error' | 'failed' | 'daily') => void;
  now: () => number;
}

export class Watchdog {
  readonly #parts: Parts;
  readonly #started: number;
  #alive: number;
  #failedSince: number | undefined;
  #hasError = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#started = parts.now();
    this.#alive = this.#started;
  }

  /** A sign of life. */
  alive(): void {
    this.#alive = this.#parts.now();
  }

  /** An error that nobody caught. */
  error(): void {
    this.#hasError = true;
  }

  /** To be called every second or so. */
  tick(): void {
    const { settings, look, restart, now } = this.#parts;
    const { isWorking, isWaiting, hasFailed } = look();
    const at = now();
    if (!isWorking) this.#alive = at;
    this.#failedSince = hasFailed ? (this.#failedSince ?? at) : undefined;
    if (at - this.#alive > settings.stuckSeconds * 1000) restart('stuck');
    else if (!isWaiting) return;
    else if (this.#hasError) restart('error');
    else if (this.#failedSince !== undefined && at - this.#failedSince > FAILED_MS) restart('failed');
    else if (settings.reloadHour !== null && at >= nextAt(settings.reloadHour, this.#started))
      restart('daily');
  }
}

/** The first full hour of that name, on the device's clock, after a moment. */
export function nextAt(hour: number, after: number): number {
  const next = new Date(after);
  next.setHours(hour, 0, 0, 0);
  if (next.getTime() <= after) next.setDate(next.getDate() + 1);
  return next.getTime();
}
