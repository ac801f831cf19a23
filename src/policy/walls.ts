// The walls behind the promise that no data leaves this device, and the results of a realm (the page or a
// worker) that has tried its own walls.

/**
 * The walls, each named after the CSP directive or the other mechanism behind it. A comment gives the operation
 * that the wall prevents.
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
  /** Changing the base that relative addresses are resolved against. */
  | 'base'
  /** New windows, and leaving for another site. */
  | 'sandbox'
  /** Embedding of this page in another one. */
  | 'embed'
  /** Calls between browsers, prefetching and navigation (Connection-Allowlist). */
  | 'allowlist';

/** 'absent': this browser does not have the mechanism. */
export type WallState = 'holds' | 'open' | 'absent';

export interface WallReport {
  walls: Partial<Record<Wall, WallState>>;
  /** How long the trial took. */
  tookMs: number;
}

/**
 * Walls that not every browser has. The page reports which are missing, and starts nevertheless: even without
 * them, a program that got in cannot send anything away.
 */
const HARDENING: ReadonlySet<Wall> = new Set<Wall>(['allowlist', 'text']);

/** The walls that should hold but do not. If there are none, the app may accept pictures. */
export function openWalls({ walls }: WallReport): Wall[] {
  return (Object.keys(walls) as Wall[]).filter((wall) => !HARDENING.has(wall) && walls[wall] !== 'holds');
}
