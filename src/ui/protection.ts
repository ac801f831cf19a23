// Before the page is built: is it under its policy? If the host did not send one, the service worker
// does, from the next load on. Without one of the two there is no page that could take a photo.

import type { AppCache } from '../client/app-cache.ts';
import { isUnderPolicy } from '../policy/probe.ts';
import { tabMemory } from './tab-memory.ts';

/**
 * 'sent': the host sent the policy. 'added': the service worker did. 'reload': it will from the next load
 * on. 'none': neither; `reason` is the browser's own word.
 */
export type Protection = { kind: 'sent' | 'added' | 'reload' } | { kind: 'none'; reason: string };

/** Survives one reload, so that a browser in which it does not help is not reloaded for ever. */
const RELOADED = 'darkroom-reloaded';

export async function protect(cache: AppCache): Promise<Protection> {
  const underPolicy = await isUnderPolicy();
  const tab = tabMemory();
  if (underPolicy) tab.removeItem(RELOADED);
  if (underPolicy && 'serviceWorker' in navigator && cache.controls) return { kind: 'added' };
  if (underPolicy) return { kind: 'sent' };
  if (!('serviceWorker' in navigator)) return { kind: 'none', reason: 'no service worker' };
  try {
    await cache.start();
  } catch (error) {
    return { kind: 'none', reason: String(error) };
  }
  if (tab.getItem(RELOADED) !== null) return { kind: 'none', reason: 'not in force' };
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
