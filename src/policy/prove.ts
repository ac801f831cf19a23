// Tries the operations that the policy must prevent in this realm, with addresses that cannot exist. This is necessary
// because sending a policy does not prove that the browser enforces it. The browser reports each blocked attempt as an
// event; an attempt without a report counts as an open wall.

import type { Wall, WallReport, WallState } from './walls.ts';

/** `.invalid` is reserved: such a name is never registered, and looking one up sends nothing to the network. */
const NOWHERE = 'darkroom-walls.invalid';

/**
 * An explanation of the errors that browsers write to the console for each blocked attempt; it is written before them.
 */
export const EXPLANATION = `Darkroom tries its own walls against “${NOWHERE}”, an address that cannot exist. Each error about it, about “data:”, “not-a-worker.js”, “TrustedHTML” or “TrustedScriptURL” means that a wall holds.`;

/**
 * The time limit of an attempt. A wall is usually proven within a tenth of a second; a very busy machine may need
 * longer.
 */
const PATIENCE_MS = 4000;

export interface Attempt {
  wall: Wall;
  /**
   * `directive`: a prefix of the directives whose report proves the wall. `mark`: a part of the address in the report.
   */
  directive?: string;
  mark?: string;
  /**
   * Makes the attempt, and calls `report` if the result is known without the browser's event. Returns the
   * clean-up, if there is one.
   */
  start: (report: (state: WallState) => void) => (() => void) | undefined;
}

/** A separate address for each attempt, because some reports name only the origin. */
export function nowhere(name: string): string {
  return `https://${name}.${NOWHERE}/`;
}

/**
 * Whether the trial caused a violation. `isTrying`: the trial is running. For some addresses of the trial, the browser
 * reports only the scheme (`data:`); after the trial, such a violation has another cause.
 */
export function isTrialViolation(
  {
    effectiveDirective,
    blockedURI,
    sample,
  }: Pick<SecurityPolicyViolationEvent, 'effectiveDirective' | 'blockedURI' | 'sample'>,
  isTrying: boolean,
): boolean {
  // A report of Trusted Types has no address; its sample is the beginning of the string.
  if (effectiveDirective === 'require-trusted-types-for') return sample.includes(NOWHERE);
  if (blockedURI.includes(NOWHERE) || blockedURI.endsWith('/not-a-worker.js')) return true;
  // Browsers report the removal of a refused `base` element repeatedly, without an address.
  if (effectiveDirective === 'base-uri' && blockedURI === '') return true;
  return isTrying && /^data\b/.test(blockedURI);
}

/** Makes all attempts. Never rejects. A wall with several attempts holds if all of them were stopped. */
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
