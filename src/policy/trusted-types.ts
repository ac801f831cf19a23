// Trusted Types: under `require-trusted-types-for 'script'` the browser runs no string as a program and parses
// no string as markup; it accepts only values that a policy of this realm made. Each realm has one policy for
// the addresses of its programs; the page's preview of HTML has another one for markup
// (src/ui/answer/harmless-page.ts).
// Source: https://www.w3.org/TR/trusted-types/

/**
 * In the inference worker the policy is the default one, because the runtime starts its threads with plain
 * strings.
 */
export type ScriptPolicy = 'darkroom' | 'default';
export const MARKUP_POLICY = 'darkroom-preview';

/**
 * Turns an address into one that `new Worker` accepts. Throws a TypeError if it is not one of the realm's
 * programs.
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
 * The key of the realm's policy. WebKit runs a worker's script a second time when a part of that worker imports from it, but
 * lets a realm make a policy once.
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
  // This is an object of the browser, but the types of its constructors accept strings only.
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
