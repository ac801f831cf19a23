// Reports this worker's network requests to the page, for the privacy panel. The messages use the same port as Comlink,
// which ignores messages without an id.

import { watchRequests } from '../policy/watch-requests.ts';

export function reportRequests(): void {
  watchRequests((requests) => self.postMessage({ requests }));
}
