// Tries what must not be possible here, against addresses that cannot exist: a policy that was sent is not yet one
// that is enforced. The browser reports what its policy stops as an event; what it does not report has not held.

import type { Wall, WallReport, WallState } from './walls.ts';

/** `.invalid` is reserved: no such name is ever registered, and none is looked up outside of this machine. */
const NOWHERE = 'darkroom-walls.invalid';

/** Browsers write what a policy stops into the console as an error; this is said before. */
export const EXPLANATION = `Darkroom tries its own walls against “${NOWHERE}”, an address that cannot exist. Each error about it, about “data:”, “not-a-worker.js”, “TrustedHTML” or “TrustedScriptURL” means that a wall holds.`;

/** A wall holds within a tenth of a second; a machine that is very busy gets this long. */
const PATIENCE_MS = 4000;

export interface Attempt {
  wall: Wall;
  /** Directives whose report proves the wall, and a part of the address that the report names. */
  directive?: string;
  mark?: string;
  /** Tries it, and reports what can be told without the browser's event; returns what is to be tidied up. */
  start: (report: (state: WallState) => void) => (() => void) | undefined;
}

/** An address of its own for each attempt: some reports name the origin alone. */
export function nowhere(name: string): string {
  return `https://${name}.${NOWHERE}/`;
}

/**
 * Whether a violation is one of those that the trial causes. `isTrying`: the trial is under way. Some of its addresses are
 * reported by their scheme alone (`data:`): outside of the trial, such a violation is somebody else's.
 */
export function isTrialViolation(
  {
    effectiveDirective,
    blockedURI,
    sample,
  }: Pick<SecurityPolicyViolationEvent, 'effectiveDirective' | 'blockedURI' | 'sample'>,
  isTrying: boolean,
): boolean {
  // Trusted Types name no address; the sample is the beginning of the string.
  if (effectiveDirective === 'require-trusted-types-for') return sample.includes(NOWHERE);
  if (blockedURI.includes(NOWHERE) || blockedURI.endsWith('/not-a-worker.js')) return true;
  // Browsers report the removal of a refused `base` again and again, and no address with it.
  if (effectiveDirective === 'base-uri' && blockedURI === '') return true;
  return isTrying && /^data\b/.test(blockedURI);
}

/** Never rejects. A wall with several attempts holds if each of them was stopped. */
export async function prove(attempts: readonly Attempt[]): Promise<WallReport> {
  console.info(EXPLANATION);
  const startedAt = performance.now();
  const states = await Promise.all(attempts.map(tried));
  const walls: WallReport['walls'] = {};
  for (const [index, { wall }] of attempts.entries()) {
    const state = states[index] ?? 'open';
    if (walls[wall] === undefined || walls[wall] === 'holds') walls[wall] = state;
  }
  return { walls, tookMs: performance.now() - startedAt };
}

async function tried({ directive, mark, start }: Attempt): Promise<WallState> {
  const over = new AbortController();
  let tidy: (() => void) | undefined;
  try {
    return await new Promise<WallState>((resolve) => {
      const hear = (event: Event): void => {
        if (!(event instanceof SecurityPolicyViolationEvent) || directive === undefined) return;
        const isMine =
          event.effectiveDirective.startsWith(directive) && event.blockedURI.includes(mark ?? '');
        if (isMine && event.disposition !== 'report') resolve('holds');
      };
      globalThis.addEventListener('securitypolicyviolation', hear, { signal: over.signal });
      setTimeout(() => resolve('open'), PATIENCE_MS);
      tidy = start(resolve);
    });
  } catch {
    return 'open';
  } finally {
    over.abort();
    tidy?.();
  }
}
