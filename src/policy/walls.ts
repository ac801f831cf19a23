// The walls of the promise that nothing leaves, and what a realm (the page or a worker) found when it tried its own.

/** What must not be possible, by the directive or the lock that stops it. */
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
  /** Plug-ins, and whatever has no rule of its own. */
  | 'object'
  /** Moving the base that addresses count from. */
  | 'base'
  /** New windows, and leaving for another site. */
  | 'sandbox'
  /** Being shown inside another page. */
  | 'embed'
  /** Calls between browsers, prefetching and navigation (Connection-Allowlist). */
  | 'allowlist';

/** 'absent': this browser has no such lock. */
export type WallState = 'holds' | 'open' | 'absent';

export interface WallReport {
  walls: Partial<Record<Wall, WallState>>;
  /** How long the trying took. */
  tookMs: number;
}

/**
 * Walls that not every browser has; the page says so where they are missing, and starts all the same. Without them a
 * program that got in still reaches nothing.
 */
const HARDENING: ReadonlySet<Wall> = new Set<Wall>(['allowlist', 'text']);

/** The walls of the promise that do not hold; none means that pictures may be taken. */
export function openWalls({ walls }: WallReport): Wall[] {
  return (Object.keys(walls) as Wall[]).filter((wall) => !HARDENING.has(wall) && walls[wall] !== 'holds');
}
