// The parts of a kiosk's page, which main.ts creates once.

import type { PageParts } from '../shell/page-parts.ts';
import type { KioskSettings } from './kiosk-settings.ts';
import type { PinLock } from './pin.ts';
import type { Statistics } from './statistics.svelte.ts';

export interface KioskParts extends PageParts {
  kiosk: KioskSettings;
  lock: PinLock;
  statistics: Statistics;
  /** Makes the model forget the pictures and questions that it has received. */
  forget: () => void;
}
