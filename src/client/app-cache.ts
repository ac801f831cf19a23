// The page's side of the service worker: registers it, tells whether it stands between this page and the
// network, and takes over a new version when the page says so.

/** It fetches the app's smaller files first. */
const START_WAIT_MS = 30_000;

export class AppCache {
  readonly #script: URL;

  /** `script` lies at the root of what it controls. */
  constructor(script: URL) {
    this.#script = script;
  }

  /** Whether this page came through the service worker. */
  get controls(): boolean {
    return navigator.serviceWorker.controller !== null;
  }

  /** Resolves when it controls this page's address; rejects where the browser does not allow it. */
  async start(): Promise<void> {
    await navigator.serviceWorker.register(this.#script, { updateViaCache: 'none' });
    // It never is where the worker cannot be installed.
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error('The service worker did not start.')), START_WAIT_MS);
    });
    await Promise.race([navigator.serviceWorker.ready, late]);
  }

  /**
   * Lets it keep all of the app for a start without a network, the large files last. A browser that
   * refuses (a private window, a full disk) has a page that works with a network.
   */
  async keepTheApp(): Promise<void> {
    try {
      await this.start();
      (await navigator.serviceWorker.ready).active?.postMessage('keep-the-rest');
    } catch (error) {
      console.warn('The app is not kept for offline use.', error);
    }
  }

  /** Calls back when a newer version of the app lies ready; it stays so until `takeOver`. */
  async onUpdate(ready: () => void): Promise<void> {
    if (!('serviceWorker' in navigator)) return;
    const registration = await navigator.serviceWorker.ready;
    if (registration.waiting !== null) ready();
    registration.addEventListener('updatefound', () => {
      const { installing } = registration;
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'installed') ready();
      });
    });
  }

  /** The waiting version takes over, and the page starts anew with it. */
  async takeOver(): Promise<void> {
    const { waiting } = await navigator.serviceWorker.ready;
    if (waiting === null) return;
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
    waiting.postMessage('take-over');
  }
}
