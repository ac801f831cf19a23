// Before the page is built: do its walls hold? If the host did not send one, the service worker
// does, from the next load on. Without one of the two there is no page that could take a photo.

import type { AppCache } from '../client/app-cache.ts';
import { pageAttempts, STRAY_PLUGIN } from '../policy/page-attempts.ts';
import { prove } from '../policy/prove.ts';
import { trustScripts, type TrustScript } from '../policy/trusted-types.ts';
import { trialScripts } from '../policy/worker-attempts.ts';
import { openWalls, type Wall, type WallReport } from '../policy/walls.ts';
import { tabMemory } from './tab-memory.ts';

/**
 * 'sent': the host sent the policy. 'added': the service worker did. 'reload': it will from the next load
 * on. 'none': neither; `reason` is the browser's own word, `open` the walls that do not hold.
 */
export type Protection =
  | { kind: 'sent' | 'added'; report: WallReport }
  | { kind: 'reload' }
  | { kind: 'none'; reason: string; open: readonly Wall[] };

/** Survives one reload, so that a browser in which it does not help is not reloaded for ever. */
const RELOADED = 'darkroom-reloaded';

const notAWorker = (): string => new URL('not-a-worker.js', document.baseURI).href;

/** Trusts `scripts`, the exact addresses of the app's workers, and what `protect` tries. To be called once. */
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
  // No service worker helps against a page that shows this one.
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
 * Keeps this window on this origin where the browser does not do so by itself: an address could carry
 * something away.
 */
export function stayHere(): void {
  if (!('navigation' in window)) return;
  window.navigation.addEventListener('navigate', (event) => {
    const { origin } = new URL(event.destination.url);
    if (origin !== location.origin && event.cancelable) event.preventDefault();
  });
}
