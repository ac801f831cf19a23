// The page's side of the service worker: registers it, reports whether it controls this page, makes it store the app
// for a start without a network, and activates a new version when the page requests it.

/** Time limit for the start, during which the service worker fetches the files that the app starts with. */
const START_WAIT_MS = 60_000;
/** Time limit between two reports. Fetching large files takes long, but the service worker reports each file. */
const SILENCE_MS = 180_000;
const TAKE_OVER_WAIT_MS = 10_000;

/** The progress of storing the app's files. */
export interface Keeping {
  keptFiles: number;
  wantedFiles: number;
  /** Addresses that could not be fetched. */
  broken: string[];
}

export class AppCache {
  readonly #script: string;

  /** `script`: an address in the folder that the service worker controls, and which the page's policy trusts. */
  constructor(script: string) {
    this.#script = script;
  }

  /** Whether service workers are available in this browser, on this page. */
  get isAvailable(): boolean {
    return 'serviceWorker' in navigator;
  }

  /** Whether the service worker served this page. */
  get controls(): boolean {
    return this.isAvailable && navigator.serviceWorker.controller !== null;
  }

  /** Resolves when the service worker is active; rejects if the browser or the network does not allow it. */
  async start(): Promise<void> {
    const registration = await navigator.serviceWorker.register(this.#script, { updateViaCache: 'none' });
    const failed = new Promise<never>((_, reject) => {
      const late = (): void => reject(new Error('The service worker did not start.'));
      setTimeout(late, START_WAIT_MS);
      const { installing } = registration;
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'redundant' && registration.active === null) late();
      });
    });
    await Promise.race([navigator.serviceWorker.ready, failed]);
  }

  /**
   * Makes the service worker store all files of the app that this device needs to start without a network. `used`: the
   * addresses that the page has requested. Rejects if the browser refuses to store files (a private window, a full
   * disk).
   */
  async keep(used: readonly string[], report: (state: Keeping) => void): Promise<Keeping> {
    await this.start();
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const hear = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          port1.close();
          reject(new Error('The service worker says nothing any more.'));
        }, SILENCE_MS);
      };
      port1.onmessage = ({ data }: MessageEvent<{ keeping: Keeping } | { kept: Keeping }>) => {
        hear();
        if ('keeping' in data) {
          report(data.keeping);
          return;
        }
        clearTimeout(timer);
        port1.close();
        resolve(data.kept);
      };
      hear();
      active?.postMessage({ keep: used }, [port2]);
    });
  }

  /**
   * Calls `ready` when a newer version of the app is installed; that version waits until `takeOver` is called. The
   * listening begins once the first version is active.
   */
  async onUpdate(ready: () => void): Promise<void> {
    if (!this.isAvailable) return;
    const registration = await navigator.serviceWorker.ready;
    if (registration.waiting !== null) ready();
    registration.addEventListener('updatefound', () => {
      const { installing } = registration;
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'installed') ready();
      });
    });
  }

  /**
   * Calls `replaced` when another page has activated a newer version, so that this page belongs to the previous
   * version.
   */
  onReplaced(replaced: () => void): void {
    if (!this.isAvailable) return;
    let hadOne = this.controls;
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      // The first service worker of this page replaces no other.
      if (hadOne) replaced();
      hadOne = true;
    });
  }

  /** Passes on the service worker's messages about its own requests. */
  onMessage(hear: (event: MessageEvent<unknown>) => void): void {
    if (!this.isAvailable) return;
    navigator.serviceWorker.addEventListener('message', hear);
    navigator.serviceWorker.startMessages();
  }

  /**
   * Activates the newest available version. Without this, a reloaded page would still be of the previous version.
   * Resolves when the newest version is active, or at once if there is no newer one.
   */
  async takeOver(): Promise<void> {
    if (!this.isAvailable) return;
    const registration = await navigator.serviceWorker.getRegistration(this.#script);
    // Without a network, a version that is already waiting can still be activated.
    await registration?.update().catch(() => undefined);
    await installed(registration?.installing ?? null);
    const waiting = registration?.waiting ?? null;
    if (waiting === null) return;
    const changed = new Promise<void>((resolve) => {
      navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
      setTimeout(resolve, TAKE_OVER_WAIT_MS);
    });
    waiting.postMessage('take-over');
    await changed;
  }
}

/** Waits until the worker is installed or its installation has failed. */
function installed(worker: ServiceWorker | null): Promise<void> {
  if (worker === null) return Promise.resolve();
  return new Promise((resolve) => {
    const look = (): void => {
      if (worker.state !== 'installing') resolve();
    };
    worker.addEventListener('statechange', look);
    setTimeout(resolve, START_WAIT_MS);
    look();
  });
}
