// Remembers the origins to which the app's own policy refused requests. For a refusal, the browser gives fetch only a
// network error, and reports the policy in a separate event.

export class Refusals {
  readonly #origins = new Set<string>();

  /** Listens for as long as the worker lives. Node has no such events. */
  constructor() {
    if (!('SecurityPolicyViolationEvent' in globalThis)) return;
    globalThis.addEventListener('securitypolicyviolation', (event) => {
      // Violations of other directives are not about fetches. The trial of the walls, for example, tries to start a
      // worker from this very origin.
      if (!(event instanceof SecurityPolicyViolationEvent) || event.effectiveDirective !== 'connect-src')
        return;
      if (URL.canParse(event.blockedURI)) this.#origins.add(new URL(event.blockedURI).origin);
    });
  }

  /**
   * Returns the origin of an address if the policy refused a request to it. The event may arrive after the error, so
   * this function first waits a moment.
   */
  async originOf(url: string): Promise<string | undefined> {
    await new Promise((later) => setTimeout(later));
    const { origin } = new URL(url);
    return this.#origins.has(origin) ? origin : undefined;
  }
}
