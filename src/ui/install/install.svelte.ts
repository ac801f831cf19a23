// Putting this page on the device as an app: the browser's own question if it has one, else what to do by hand.

/** Chromium's event; the standard libraries do not know it. */
interface InstallPrompt extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

/** How this browser installs a page. 'offered': it has a question; the others do it by a menu, or not at all. */
export type Way = 'installed' | 'offered' | 'ios' | 'safari' | 'firefox-phone' | 'menu' | 'none';

export class Install {
  readonly #byHand: Way;
  #prompt = $state.raw<InstallPrompt | null>(null);
  #isInstalled = $state(false);

  constructor(window: Window) {
    this.#isInstalled = window.matchMedia('(display-mode: standalone)').matches;
    this.#byHand = wayOf(window.navigator);
    window.addEventListener('beforeinstallprompt', (event) => {
      // Chromium would show a bar of its own, at a time of its own.
      event.preventDefault();
      if ('prompt' in event) this.#prompt = event as InstallPrompt;
    });
    window.addEventListener('appinstalled', () => {
      this.#isInstalled = true;
      this.#prompt = null;
    });
  }

  get way(): Way {
    if (this.#isInstalled) return 'installed';
    return this.#prompt === null ? this.#byHand : 'offered';
  }

  /** Asks by the browser's question, which can be shown once. */
  async ask(): Promise<void> {
    const prompt = this.#prompt;
    this.#prompt = null;
    if (prompt !== null && (await prompt.prompt()).outcome === 'accepted') this.#isInstalled = true;
  }
}

/** How a browser without the event installs a page: nothing but its name says so. */
export function wayOf({
  userAgent,
  maxTouchPoints,
}: Pick<Navigator, 'userAgent' | 'maxTouchPoints'>): Exclude<Way, 'installed' | 'offered'> {
  // An iPad calls itself a Mac; no Mac has a touch screen.
  if (/iPhone|iPad/.test(userAgent) || (userAgent.includes('Macintosh') && maxTouchPoints > 1)) return 'ios';
  if (userAgent.includes('Firefox/')) return userAgent.includes('Android') ? 'firefox-phone' : 'none';
  if (/Version\/[\d.]+.* Safari\//.test(userAgent) && userAgent.includes('Macintosh')) return 'safari';
  return userAgent.includes('Chrome/') ? 'menu' : 'none';
}
