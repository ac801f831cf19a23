// Reports this worker's network requests to the page, for the privacy panel. These messages go beside those of
// Comlink, which ignores messages without an id.

import { watchRequests } from '../policy/watch-requests.ts';

export function reportRequests(): void {
  watchRequests((requests) => self.postMessage({ requests }));
}
