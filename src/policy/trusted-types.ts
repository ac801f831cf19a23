// Trusted Types. Under `require-trusted-types-for 'script'`, the browser runs no string as a program and parses no
// string as markup; it accepts only values that a Trusted Types policy of this realm made. Each realm has one such
// policy for the addresses of its programs. The page has another one for the markup of its preview of HTML
// (src/ui/answer/harmless-page.ts).
// Source: https://www.w3.org/TR/trusted-types/

/** In the inference worker this is the default policy, because the runtime starts its threads with plain strings. */
export type ScriptPolicy = 'darkroom' | 'default';
export const MARKUP_POLICY = 'darkroom-preview';

/**
 * Turns an address into a value that `new Worker` accepts. Throws a TypeError if it is not the address of one of the
 * realm's programs.
 */
export type TrustScript = (url: string) => string;

/** The part of the browser's factory that this file uses. */
interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { createScriptURL?: (url: string) => string; createHTML?: (markup: string) => string },
  ): { createScriptURL(url: string): unknown; createHTML(markup: string): unknown };
}

/**
 * The key of the realm's policy, which is created only once, because a realm can create a policy of a given name only
 * once. WebKit may run a worker's script a second time, if a part of that worker imports from it.
 */
const HELD: unique symbol = Symbol.for('darkroom.policy');

/** `urls`: the exact addresses of the realm's programs. Call this from one script of a realm only. */
export function trustScripts(name: ScriptPolicy, urls: readonly string[]): TrustScript {
  const known = new Set(urls);
  const createScriptURL = (url: string): string => {
    if (known.has(url)) return url;
    throw new TypeError(`${url} is no program of this app.`);
  };
  const realm = globalThis as { [HELD]?: ReturnType<PolicyFactory['createPolicy']> | undefined };
  const policy = (realm[HELD] ??= policyFactory()?.createPolicy(name, { createScriptURL }));
  if (policy === undefined) return createScriptURL;
  // The value is an object of the browser, but the constructors are typed to accept only strings.
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
