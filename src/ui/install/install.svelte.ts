// Installs this page on the device as an app: with the browser's own prompt if it has one, otherwise by instructions.

/** Chromium's `beforeinstallprompt` event, which TypeScript's DOM types lack. */
interface InstallPrompt extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

/** How this browser installs a page. 'offered': with its own prompt. The other values: from a menu, or not at all. */
export type Way = 'installed' | 'offered' | 'ios' | 'safari' | 'firefox-phone' | 'menu' | 'none';

export class Install {
  readonly #byHand: Way;
  #prompt = $state.raw<InstallPrompt | null>(null);
  #isInstalled = $state(false);

  constructor(window: Window) {
    this.#isInstalled = window.matchMedia('(display-mode: standalone)').matches;
    this.#byHand = wayOf(window.navigator);
    window.addEventListener('beforeinstallprompt', (event) => {
      // If this were not prevented, Chromium would show its own install bar at a time that it chooses.
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

  /** Shows the browser's prompt, which each event allows once. */
  async ask(): Promise<void> {
    const prompt = this.#prompt;
    this.#prompt = null;
    if (prompt !== null && (await prompt.prompt()).outcome === 'accepted') this.#isInstalled = true;
  }
}

/** How a browser without the event installs a page. Only its user agent shows that. */
export function wayOf({
  userAgent,
  maxTouchPoints,
}: Pick<Navigator, 'userAgent' | 'maxTouchPoints'>): Exclude<Way, 'installed' | 'offered'> {
  // An iPad's user agent says Macintosh, but no Mac has a touch screen.
  if (/iPhone|iPad/.test(userAgent) || (userAgent.includes('Macintosh') && maxTouchPoints > 1)) return 'ios';
  if (userAgent.includes('Firefox/')) return userAgent.includes('Android') ? 'firefox-phone' : 'none';
  if (/Version\/[\d.]+.* Safari\//.test(userAgent) && userAgent.includes('Macintosh')) return 'safari';
  return userAgent.includes('Chrome/') ? 'menu' : 'none';
}
