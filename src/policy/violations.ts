// Reports violations of the policy in this realm (the page or a worker), except those of the realm's own trial of its
// walls. The privacy panel shows these violations; they are never sent over the network.

import { isTrialViolation } from './prove.ts';

export interface Violation {
  /** The violated directive, such as `img-src`. */
  directive: string;
  /** The blocked address, or the browser's keyword if there is no address, such as `inline`. */
  blocked: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** The longest part of an address to report, because an address may have megabytes. */
const LONGEST_ADDRESS = 2000;
/** How long after the trial the browser may still report the trial's violations. */
const LATE_MS = 4000;

/** Reports each violation. `tried` settles when the realm's trial of its walls is over. */
export function watchViolations(report: (violation: Violation) => void, tried: Promise<unknown>): void {
  let isTrying = true;
  const end = (): void => void setTimeout(() => (isTrying = false), LATE_MS);
  tried.then(end, end);
  globalThis.addEventListener('securitypolicyviolation', (event) => {
    if (!(event instanceof SecurityPolicyViolationEvent) || isTrialViolation(event, isTrying)) return;
    const { effectiveDirective, blockedURI, disposition } = event;
    // A host may add a report-only policy, which blocks nothing.
    if (disposition === 'report') return;
    report({ directive: effectiveDirective, blocked: blockedURI.slice(0, LONGEST_ADDRESS), at: Date.now() });
  });
}
