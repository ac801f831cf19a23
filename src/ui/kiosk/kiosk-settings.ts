// Reads whether this page is a kiosk, and the kiosk's settings. A page is a kiosk if its address has `?kiosk`, or if
// the catalogue has a `kiosk` entry, which the page cannot turn off.

import { catalogueUrl } from '../models/page-models.ts';
import type { Remembered } from '../kit/remembered.ts';

export interface KioskSettings {
  /** After this long without a touch, the page asks the visitor whether they are still there. */
  idleSeconds: number;
  /** The time in which the visitor can answer that question. */
  graceSeconds: number;
  /** If an answer shows no sign of life for this long, the page reloads. */
  stuckSeconds: number;
  /** The page reloads once a day after this hour, when no visitor is there. If null, it does not. */
  reloadHour: number | null;
  /** The PIN's hash, as `hashPin` returns it. If null, the operator sets a PIN on the device. */
  pin: string | null;
}

const DEFAULTS: KioskSettings = {
  idleSeconds: 60,
  graceSeconds: 20,
  stuckSeconds: 300,
  reloadHour: 4,
  pin: null,
};

/** Returns null for an ordinary page. If the catalogue cannot be read, its last `kiosk` entry still applies. */
export async function kioskSettings(pageUrl: string, remembered: Remembered): Promise<KioskSettings | null> {
  let entry: unknown;
  try {
    const response = await fetch(catalogueUrl(pageUrl), { cache: 'no-cache', credentials: 'omit' });
    if (!response.ok) throw new Error(`The catalogue was answered with ${response.status}.`);
    entry = entryOf(await response.json());
    remembered.set('kiosk', entry === undefined ? null : JSON.stringify(entry));
  } catch (error) {
    console.warn('The catalogue cannot be read.', error);
    const last = remembered.get('kiosk');
    entry = last === null ? undefined : JSON.parse(last);
  }
  const isAsked = new URL(pageUrl).searchParams.has('kiosk');
  return entry === undefined && !isAsked ? null : parse(entry ?? {});
}

function entryOf(catalogue: unknown): unknown {
  return typeof catalogue === 'object' && catalogue !== null && 'kiosk' in catalogue
    ? catalogue.kiosk
    : undefined;
}

/** Replaces missing and invalid values with the defaults: a kiosk with a mistake in its settings stays a kiosk. */
export function parse(entry: unknown): KioskSettings {
  const of = (name: keyof KioskSettings): unknown =>
    typeof entry === 'object' && entry !== null ? Reflect.get(entry, name) : undefined;
  const number = (name: keyof KioskSettings, least: number, most: number): number | undefined => {
    const value = of(name);
    return typeof value === 'number' && value >= least && value <= most ? value : undefined;
  };
  const pin = of('pin');
  return {
    idleSeconds: number('idleSeconds', 10, 3600) ?? DEFAULTS.idleSeconds,
    // People who read or move slowly need at least 20 seconds (WCAG 2.2.1).
    graceSeconds: number('graceSeconds', 20, 600) ?? DEFAULTS.graceSeconds,
    stuckSeconds: number('stuckSeconds', 30, 3600) ?? DEFAULTS.stuckSeconds,
    reloadHour: of('reloadHour') === null ? null : (number('reloadHour', 0, 23) ?? DEFAULTS.reloadHour),
    pin: typeof pin === 'string' && pin !== '' ? pin : null,
  };
}
