// Lets the page know what this worker asks of the network; the privacy panel shows it. Beside the calls'
// own messages: Comlink passes over what carries no id.

import { watchRequests } from '../src/policy/watch-requests.ts';

export function tellRequests(): void {
  watchRequests((requests) => self.postMessage({ requests }));
}
