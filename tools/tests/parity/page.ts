// The harness page: hands its worker to the test as `window.harness`.

import * as Comlink from 'comlink';
import type { HarnessApi } from './harness.ts';

declare global {
  interface Window {
    harness: Comlink.Remote<HarnessApi>;
    /** Terminates the worker. */
    endHarness: () => void;
  }
}

const worker = new Worker(new URL('./harness.worker.ts', import.meta.url), { type: 'module' });
worker.addEventListener('error', (event) => console.error(`harness worker: ${event.message}`));
window.harness = Comlink.wrap<HarnessApi>(worker);
window.endHarness = () => worker.terminate();
