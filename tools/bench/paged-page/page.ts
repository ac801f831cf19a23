// The bench's page: hands its worker to the bench as `window.paging`.

import * as Comlink from 'comlink';
import type { PagingBench } from './paging-bench.ts';

declare global {
  interface Window {
    paging: Comlink.Remote<PagingBench>;
  }
}

const worker = new Worker(new URL('./paged.worker.ts', import.meta.url), { type: 'module' });
worker.addEventListener('error', (event) => console.error(`paging worker: ${event.message}`));
window.paging = Comlink.wrap<PagingBench>(worker);
