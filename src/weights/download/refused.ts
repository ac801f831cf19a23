// The origins that the app's own policy refused. The browser reports a refusal as an event beside a mere
// network error.

const refused = new Set<string>();

/** Node has no such events. */
if ('SecurityPolicyViolationEvent' in globalThis) {
  globalThis.addEventListener('securitypolicyviolation', (event) => {
    // Other directives are not about fetches: the trial of the walls, for example, tries to start a worker of
    // this very origin.
    if (!(event instanceof SecurityPolicyViolationEvent) || event.effectiveDirective !== 'connect-src')
      return;
    if (URL.canParse(event.blockedURI)) refused.add(new URL(event.blockedURI).origin);
  });
}

/**
 * Returns the origin of an address if the policy refused a request to it. The event may arrive after the error,
 * so this waits a moment first.
 */
export async function refusedOrigin(url: string): Promise<string | undefined> {
  await new Promise((later) => setTimeout(later));
  const { origin } = new URL(url);
  return refused.has(origin) ? origin : undefined;
}
