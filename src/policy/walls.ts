// The walls behind the promise that no data leaves this device, and the result of a realm's trial of its own walls. A
// realm is the page or a worker.

/**
 * The walls, each named after the CSP directive or the other mechanism behind it. The comments give the operations that
 * the walls prevent.
 */
export type Wall =
  /** Requests: fetch, XMLHttpRequest, sockets. */
  | 'connect'
  | 'image'
  | 'media'
  | 'frame'
  /** Sending a form. */
  | 'form'
  /** Starting a worker that is not one of the app's. */
  | 'worker'
  | 'script'
  /** Running a string as a program, or reading one as markup (Trusted Types). */
  | 'text'
  | 'style'
  | 'font'
  /** Plug-ins, and everything that no other directive covers. */
  | 'object'
  /** Changing the base against which relative addresses are resolved. */
  | 'base'
  /** Opening windows, and leaving for another site. */
  | 'sandbox'
  /** Embedding of this page in another one. */
  | 'embed'
  /** Calls between browsers, prefetching and navigation (Connection-Allowlist). */
  | 'allowlist';

/** 'absent': this browser does not have the mechanism. */
export type WallState = 'holds' | 'open' | 'absent';

export interface WallReport {
  walls: Partial<Record<Wall, WallState>>;
  /** The duration of the trial in milliseconds. */
  tookMs: number;
}

/**
 * Walls that not every browser has. The page reports which of them are missing, and starts nevertheless: even without
 * them, injected code cannot send any data away.
 */
const HARDENING: ReadonlySet<Wall> = new Set<Wall>(['allowlist', 'text']);

/** The walls that should hold but do not. The app may accept pictures only if there are none. */
export function openWalls({ walls }: WallReport): Wall[] {
  return (Object.keys(walls) as Wall[]).filter((wall) => !HARDENING.has(wall) && walls[wall] !== 'holds');
}
