// Whether this page is a kiosk, and how it behaves then: `?kiosk` in its address, or a `kiosk` entry in the
// catalogue, which nobody can turn off from the page.

import { catalogueUrl } from '../page-models.ts';
import type { Remembered } from '../remembered.ts';

export interface KioskSettings {
  /** Without a touch for so long, the visitor is asked whether they are there. */
  idleSeconds: number;
  /** So long they have to say so. */
  graceSeconds: number;
  /** An answer without a sign of life for so long has the page start anew. */
  stuckSeconds: number;
  /** The page starts anew once a day after this hour, when nobody is there; null: it does not. */
  reloadHour: number | null;
  /** As hashPin makes it; null: the operator sets one on the device. */
  pin: string | null;
}

const DEFAULTS: KioskSettings = {
  idleSeconds: 60,
  graceSeconds: 20,
  stuckSeconds: 300,
  reloadHour: 4,
  pin: null,
};

/** Null: an ordinary page. A catalogue that cannot be read says what it said last. */
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

/** A kiosk with a slip in its settings is still a kiosk: what makes no sense is as it was at first. */
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
    // Whoever reads slowly or moves slowly needs twenty (WCAG 2.2.1).
    graceSeconds: number('graceSeconds', 20, 600) ?? DEFAULTS.graceSeconds,
    stuckSeconds: number('stuckSeconds', 30, 3600) ?? DEFAULTS.stuckSeconds,
    reloadHour: of('reloadHour') === null ? null : (number('reloadHour', 0, 23) ?? DEFAULTS.reloadHour),
    pin: typeof pin === 'string' && pin !== '' ? pin : null,
  };
}
