// A list of the violations that the policy stopped, counted by realm, directive and origin, so that it stays short even
// if the page is under attack.

import { visibleText } from '../../format/visible-text.ts';
import type { Violation } from '../../policy/violations.ts';
import type { Wall } from '../../policy/walls.ts';
import type { Realm } from './walls.svelte.ts';

export interface Stopped {
  realm: Realm;
  directive: string;
  /** The blocked origin, or the browser's own word for a source without an address; null for this site's origin. */
  blocked: string | null;
  count: number;
  /** Time of the latest violation, in milliseconds since 1970. */
  at: number;
}

export interface StoppedList {
  /** The entries, the most recent first. */
  entries: readonly Stopped[];
  /** Number of violations whose entries the list dropped because it was full. */
  others: number;
}

export const MOST_ENTRIES = 20;
const LONGEST_NAME = 100;

export function addViolation(
  list: StoppedList,
  realm: Realm,
  { directive, blocked, at }: Violation,
  here: string,
): StoppedList {
  const what = { realm, directive: shortened(directive), blocked: nameOf(blocked, here) };
  const isSame = (other: Stopped): boolean =>
    other.realm === realm && other.directive === what.directive && other.blocked === what.blocked;
  const before = list.entries.find(isSame);
  const entry = { ...what, count: (before?.count ?? 0) + 1, at };
  const all = [entry, ...list.entries.filter((each) => each !== before)];
  const dropped = all.slice(MOST_ENTRIES).reduce((sum, { count }) => sum + count, 0);
  return { entries: all.slice(0, MOST_ENTRIES), others: list.others + dropped };
}

/**
 * The realm in which the violation of a message occurred: the weights worker also passes on the reports of the hash
 * worker.
 */
export function realmOf(message: unknown, worker: Realm): Realm {
  const isPassedOn =
    typeof message === 'object' && message !== null && 'realm' in message && message.realm === 'hash';
  return worker === 'weights' && isPassedOn ? 'hash' : worker;
}

/** Parses a message that src/session/report-violations.ts sends; undefined for any other message. */
export function parseViolation(message: unknown): Violation | undefined {
  if (typeof message !== 'object' || message === null || !('violation' in message)) return undefined;
  const { violation } = message;
  if (typeof violation !== 'object' || violation === null) return undefined;
  const { directive, blocked, at } = violation as Record<string, unknown>;
  if (typeof directive !== 'string' || typeof blocked !== 'string' || typeof at !== 'number')
    return undefined;
  return Number.isFinite(at) ? { directive, blocked, at } : undefined;
}

/** Shortens an address to its origin, because the rest may contain anything; null if the origin is this site's. */
function nameOf(blocked: string, here: string): string | null {
  if (!/^(https?|wss?):/i.test(blocked) || !URL.canParse(blocked)) return shortened(blocked);
  const { origin } = new URL(blocked);
  return origin === new URL(here).origin ? null : shortened(origin);
}

function shortened(text: string): string {
  const seen = visibleText(text);
  return seen.length > LONGEST_NAME ? `${seen.slice(0, LONGEST_NAME)}…` : seen;
}

const WALLS: readonly [directive: RegExp, wall: Wall][] = [
  [/^connect-src/, 'connect'],
  [/^img-src/, 'image'],
  [/^media-src/, 'media'],
  [/^(frame|child|fenced-frame)-src/, 'frame'],
  [/^form-action/, 'form'],
  [/^worker-src/, 'worker'],
  [/^script-src/, 'script'],
  [/^(require-)?trusted-types/, 'text'],
  [/^style-src/, 'style'],
  [/^font-src/, 'font'],
  [/^base-uri/, 'base'],
  [/^frame-ancestors/, 'embed'],
];

/** The wall to which a directive belongs; 'object' if the directive has no wall of its own. */
export function wallOf(directive: string): Wall {
  return WALLS.find(([pattern]) => pattern.test(directive))?.[1] ?? 'object';
}
