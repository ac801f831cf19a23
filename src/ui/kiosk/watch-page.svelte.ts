// Reports events of the page to the watchdog: signs of life, errors, and missing files of the app. Reloads the page
// when the watchdog decides so.

import { onMount } from 'svelte';
import type { KioskParts } from './kiosk-parts.ts';
import { Watchdog, type Watched } from './watchdog.ts';

type Parts = Pick<KioskParts, 'kiosk' | 'models' | 'conversation' | 'missing' | 'statistics'>;

/** Watches the page for as long as the calling component lives. */
export function watchPage(parts: Parts, look: () => Omit<Watched, 'hasFailed'>): void {
  const { kiosk, models, conversation, missing, statistics } = parts;
  const watchdog = new Watchdog({
    settings: kiosk,
    look: () => ({ ...look(), hasFailed: models.chosen.phase.kind === 'failed' }),
    restart: (why) => {
      if (why === 'stuck') statistics.trouble('stuck');
      location.reload();
    },
    now: () => Date.now(),
  });

  // The site has a newer version: the watchdog reloads the page when no visitor is there.
  $effect(() => {
    if (missing.areMissing) watchdog.error();
  });

  // Every change of an answer, or of a model that is being downloaded or loaded, is a sign of life.
  $effect(() => {
    const signs = [conversation.phase, models.chosen.phase, conversation.turns.at(-1)?.document.blocks];
    if (signs.length > 0) watchdog.alive();
  });

  onMount(() => {
    const end = new AbortController();
    const onError = (): void => {
      statistics.trouble('page-error');
      watchdog.error();
    };
    for (const event of ['error', 'unhandledrejection'])
      addEventListener(event, onError, { signal: end.signal });
    const timer = setInterval(() => watchdog.tick(), 1000);
    return () => {
      end.abort();
      clearInterval(timer);
    };
  });
}
