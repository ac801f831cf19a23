// Checks, before the page is built, that the security policy is in force. If the host did not send the policy, the
// service worker adds it from the next load on. If neither sends it, the page does not start and takes no media.

import type { AppCache } from '../../client/app-cache.ts';
import { pageAttempts, STRAY_PLUGIN } from '../../policy/page-attempts.ts';
import { prove } from '../../policy/prove.ts';
import { trustScripts, type TrustScript } from '../../policy/trusted-types.ts';
import { trialScripts } from '../../policy/worker-attempts.ts';
import { openWalls, type Wall, type WallReport } from '../../policy/walls.ts';
import { tabMemory } from '../kit/tab-memory.ts';

/**
 * 'sent': the host sent the policy. 'added': the service worker added it. 'reload': the service worker will add it from
 * the next load on. 'none': the policy cannot be enforced; `reason` says why, and `open` lists the walls that do not
 * hold.
 */
export type Protection =
  | { kind: 'sent' | 'added'; report: WallReport }
  | { kind: 'reload' }
  | { kind: 'none'; reason: string; open: readonly Wall[] };

/** Marks, in the tab's memory, that the page was reloaded once, so that it does not reload for ever. */
const RELOADED = 'darkroom-reloaded';

const notAWorker = (): string => new URL('not-a-worker.js', document.baseURI).href;

/** Trusts `scripts` (the exact URLs of the app's workers) and the URLs that `protect` tries. Call this once. */
export function trustOwnScripts(scripts: readonly string[]): TrustScript {
  return trustScripts('darkroom', [...scripts, ...trialScripts(notAWorker()), STRAY_PLUGIN]);
}

export async function protect(cache: AppCache, trust: TrustScript): Promise<Protection> {
  const report = await prove(pageAttempts(notAWorker(), trust));
  const open = openWalls(report);
  const tab = tabMemory();
  if (open.length === 0) {
    tab.removeItem(RELOADED);
    return { kind: 'serviceWorker' in navigator && cache.controls ? 'added' : 'sent', report };
  }
  // A service worker cannot prevent another page from embedding this one.
  if (open.includes('embed')) return { kind: 'none', reason: 'shown inside another page', open };
  if (!('serviceWorker' in navigator)) return { kind: 'none', reason: 'no service worker', open };
  try {
    await cache.start();
  } catch (error) {
    return { kind: 'none', reason: String(error), open };
  }
  if (tab.getItem(RELOADED) !== null) return { kind: 'none', reason: 'not in force', open };
  tab.setItem(RELOADED, 'yes');
  return { kind: 'reload' };
}

/**
 * Blocks navigations of this window to another origin, because the URL could carry data away. Does nothing in browsers
 * without the Navigation API.
 */
export function stayHere(): void {
  if (!('navigation' in window)) return;
  window.navigation.addEventListener('navigate', (event) => {
    const { origin } = new URL(event.destination.url);
    if (origin !== location.origin && event.cancelable) event.preventDefault();
  });
}
