// Trusted Types: under `require-trusted-types-for 'script'` the browser runs no string as a program and reads none as
// markup; it takes only what a policy of this realm made. Each realm has one policy for the addresses of its programs;
// the page's preview of HTML has one for markup (src/ui/answer/harmless-page.ts).
// Source: https://www.w3.org/TR/trusted-types/

/** In the inference worker the policy is the default one, as the runtime starts its threads by plain strings. */
export type ScriptPolicy = 'darkroom' | 'default';
export const MARKUP_POLICY = 'darkroom-preview';

/** Makes an address fit for a worker. Throws a TypeError for an address that is none of the realm's programs. */
export type TrustScript = (url: string) => string;

/** As much of the browser's factory as is used here. */
interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { createScriptURL?: (url: string) => string; createHTML?: (markup: string) => string },
  ): { createScriptURL(url: string): unknown; createHTML(markup: string): unknown };
}

/** `urls`: the exact addresses of the realm's programs. To be called once in a realm: the browser knows a name once. */
export function trustScripts(name: ScriptPolicy, urls: readonly string[]): TrustScript {
  const known = new Set(urls);
  const createScriptURL = (url: string): string => {
    if (known.has(url)) return url;
    throw new TypeError(`${url} is no program of this app.`);
  };
  const policy = policyFactory()?.createPolicy(name, { createScriptURL });
  if (policy === undefined) return createScriptURL;
  // The browser's own object: the types of its constructors know strings only.
  return (url) => policy.createScriptURL(url) as string;
}

/** The browser's policy for markup that the caller has made harmless; undefined if the browser has no Trusted Types. */
export function markupPolicy() {
  return policyFactory()?.createPolicy(MARKUP_POLICY, { createHTML: (markup) => markup });
}

/** Undefined in Node, and in browsers that have no Trusted Types. */
export function policyFactory(): PolicyFactory | undefined {
  return (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
}
