// All requests of the page and its workers since the page opened, counted: a page may stay open for weeks.

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

  /** Addresses of the runtime's files that were asked for. */
  get runtime(): readonly string[] {
    return this.#runtime;
  }

  /** Also hears what this worker tells of its requests (workers/tell-requests.ts). */
  hear(worker: Worker): Worker {
    worker.addEventListener('message', (event: MessageEvent<unknown>) => this.hearMessage(event));
    return worker;
  }

  /** A message that may tell of requests: the service worker's come without a Worker. */
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
