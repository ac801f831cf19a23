// Which origins the app's own policy refused: the browser tells it as an event beside a bare network error.

const refused = new Set<string>();

/** Absent in Node. */
if ('SecurityPolicyViolationEvent' in globalThis) {
  globalThis.addEventListener('securitypolicyviolation', (event) => {
    // Other directives say nothing about requests: the walls are tried with a worker of this very origin.
    if (!(event instanceof SecurityPolicyViolationEvent) || event.effectiveDirective !== 'connect-src')
      return;
    if (URL.canParse(event.blockedURI)) refused.add(new URL(event.blockedURI).origin);
  });
}

/** The origin of this address, if the policy refused a request to it. The event may come after the error. */
export async function refusedOrigin(url: string): Promise<string | undefined> {
  await new Promise((later) => setTimeout(later));
  const { origin } = new URL(url);
  return refused.has(origin) ? origin : undefined;
}
