// Reports this worker's network requests to the page, for the privacy panel. These messages go beside those of
// Comlink, which ignores messages without an id.

import { watchRequests } from '../src/policy/watch-requests.ts';

export function tellRequests(): void {
  watchRequests((requests) => self.postMessage({ requests }));
}
