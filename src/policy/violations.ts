// What the policy stopped in this realm, besides the app's own attempts: for the panel, never for the network.

import { isOwnAttempt } from './prove.ts';

export interface Violation {
  directive: string;
  /** The address, or a word such as 'inline'. */
  blocked: string;
}

/** A page that is attacked may be stopped thousands of times. */
const MOST = 1000;

export function watchViolations(tell: (violation: Violation) => void): void {
  let count = 0;
  globalThis.addEventListener('securitypolicyviolation', (event) => {
    if (!(event instanceof SecurityPolicyViolationEvent) || isOwnAttempt(event.blockedURI)) return;
    if (++count <= MOST) tell({ directive: event.effectiveDirective, blocked: event.blockedURI });
  });
}
