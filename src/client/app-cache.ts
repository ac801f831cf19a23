// The page's side of the service worker: registers it, tells whether it stands between this page and the
// network, has it keep the app for a start without one, and takes over a new version when the page says so.

/** It fetches first what the app starts with. */
const START_WAIT_MS = 60_000;
/** Large files take their time, but something is told of each. */
const SILENCE_MS = 180_000;
const TAKE_OVER_WAIT_MS = 10_000;

/** How the keeping of the app's files stands. */
export interface Keeping {
  keptFiles: number;
  wantedFiles: number;
  /** Addresses that could not be fetched. */
  broken: string[];
}

export class AppCache {
  readonly #script: string;

  /** `script`: an address at the root of what it controls, which the page's policy trusts. */
  constructor(script: string) {
    this.#script = script;
  }

  /** Whether this browser has service workers, here. */
  get isAvailable(): boolean {
    return 'serviceWorker' in navigator;
  }

  /** Whether this page came through the service worker. */
  get controls(): boolean {
    return this.isAvailable && navigator.serviceWorker.controller !== null;
  }

  /** Resolves when it controls this page's address; rejects where the browser or the network does not allow it. */
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
   * Has all of the app kept that this device needs, for a start without a network. `used`: addresses that the page
   * has asked for. Rejects where the browser refuses (a private window, a full disk).
   */
  async keep(used: readonly string[], tell: (state: Keeping) => void): Promise<Keeping> {
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
          tell(data.keeping);
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

  /** Calls back when a newer version of the app lies ready; it stays so until `takeOver`. Begins with the first version. */
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

  /** Calls back when another page had a newer version take over: this one is of the version before. */
  onReplaced(replaced: () => void): void {
    if (!this.isAvailable) return;
    let hadOne = this.controls;
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      // The very first one replaces nothing.
      if (hadOne) replaced();
      hadOne = true;
    });
  }

  /** What the service worker tells of its own requests. */
  onMessage(hear: (event: MessageEvent<unknown>) => void): void {
    if (!this.isAvailable) return;
    navigator.serviceWorker.addEventListener('message', hear);
    navigator.serviceWorker.startMessages();
  }

  /**
   * The newest version that can be had takes over: without it, a page that starts anew would be of the version
   * before. Resolves when it has; at once where there is none.
   */
  async takeOver(): Promise<void> {
    if (!this.isAvailable) return;
    const registration = await navigator.serviceWorker.getRegistration(this.#script);
    // Without a network, one that waits already may still be taken.
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

/** Until it is installed or has turned out not to be installable. */
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
