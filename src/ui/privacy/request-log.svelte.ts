// Counts all requests of the page and its workers since the page opened. It keeps counts and not a list, because a page
// may stay open for weeks.

import { watchRequests, type SeenRequest } from '../../policy/watch-requests.ts';
import { groupRequests, isRuntime, type RequestGroup } from './requests.ts';

export class RequestLog {
  #groups = $state.raw<readonly RequestGroup[]>([]);
  #runtime = $state.raw<readonly string[]>([]);

  constructor() {
    watchRequests((requests) => this.#note(requests));
  }

  get groups(): readonly RequestGroup[] {
    return this.#groups;
  }

  /** The addresses of the runtime's files that have been requested. */
  get runtime(): readonly string[] {
    return this.#runtime;
  }

  /** Also counts the requests that this worker reports (src/session/report-requests.ts). */
  hear(worker: Worker): Worker {
    worker.addEventListener('message', (event: MessageEvent<unknown>) => this.hearMessage(event));
    return worker;
  }

  /**
   * Counts the requests that a message reports, if any. The service worker calls this directly, because it has no
   * Worker object.
   */
  hearMessage({ data }: MessageEvent<unknown>): void {
    if (typeof data === 'object' && data !== null && 'requests' in data && Array.isArray(data.requests)) {
      this.#note(data.requests as SeenRequest[]);
    }
  }

  #note(requests: readonly SeenRequest[]): void {
    for (const { url } of requests) {
      if (isRuntime(url) && !this.#runtime.includes(url)) this.#runtime = [...this.#runtime, url];
    }
    this.#groups = groupRequests(requests, document.baseURI, this.#groups);
  }
}
