// Reloads a kiosk's page at once if an answer has shown no sign of life for too long. While no visitor is there, it
// also reloads the page if the page has had an error, if the model cannot be loaded, and once a day.

import type { KioskSettings } from './kiosk-settings.ts';

/**
 * The time to wait after a failed load: when this long has passed after the loss of the GPU, Chromium gives the GPU to
 * a reloaded page again.
 */
const FAILED_MS = 130_000;

export interface Watched {
  /** Whether the page is computing something for a visitor. */
  isWorking: boolean;
  isWaiting: boolean;
  hasFailed: boolean;
}

interface Parts {
  settings: Pick<KioskSettings, 'stuckSeconds' | 'reloadHour'>;
  look: () => Watched;
  /** Reloads the page. 'stuck': an answer hung. */
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

  /** Reports a sign of life. */
  alive(): void {
    this.#alive = this.#parts.now();
  }

  /** Reports an uncaught error. */
  error(): void {
    this.#hasError = true;
  }

  /** Call this about once a second. */
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

/** The first time later than `after`, in milliseconds since 1970, at which the device's clock shows this full hour. */
export function nextAt(hour: number, after: number): number {
  const next = new Date(after);
  next.setHours(hour, 0, 0, 0);
  if (next.getTime() <= after) next.setDate(next.getDate() + 1);
  return next.getTime();
}
