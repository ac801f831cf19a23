// What the policy stops in this realm (the page or a worker), besides the realm's own trial of its walls: for the privacy
// panel, never for the network.

import { isTrialViolation } from './prove.ts';

export interface Violation {
  /** The directive that stopped it, such as `img-src`. */
  directive: string;
  /** The address that was stopped, or the browser's word for what has none, such as `inline`. */
  blocked: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** An address may carry megabytes. */
const LONGEST_ADDRESS = 2000;
/** How long the browser may take to report what the trial did. */
const LATE_MS = 4000;

/** Reports each violation. `tried` settles when the realm's trial of its walls is over. */
export function watchViolations(report: (violation: Violation) => void, tried: Promise<unknown>): void {
  let isTrying = true;
  const end = (): void => void setTimeout(() => (isTrying = false), LATE_MS);
  tried.then(end, end);
  globalThis.addEventListener('securitypolicyviolation', (event) => {
    if (!(event instanceof SecurityPolicyViolationEvent) || isTrialViolation(event, isTrying)) return;
    const { effectiveDirective, blockedURI, disposition } = event;
    // A host may add a policy that only reports; nothing was stopped then.
    if (disposition === 'report') return;
    report({ directive: effectiveDirective, blocked: blockedURI.slice(0, LONGEST_ADDRESS), at: Date.now() });
  });
}
