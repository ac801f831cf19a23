// All requests of the page and its workers since the page opened.

import { watchRequests, type SeenRequest } from '../../policy/watch-requests.ts';

export class RequestLog {
  #requests = $state.raw<readonly SeenRequest[]>([]);

  constructor() {
    watchRequests((requests) => this.#note(requests));
  }

  get requests(): readonly SeenRequest[] {
    return this.#requests;
  }

  /** Also hears what this worker tells of its requests (workers/tell-requests.ts). */
  hear(worker: Worker): Worker {
    worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'object' && data !== null && 'requests' in data && Array.isArray(data.requests)) {
        this.#note(data.requests as SeenRequest[]);
      }
    });
    return worker;
  }

  #note(requests: readonly SeenRequest[]): void {
    this.#requests = [...this.#requests, ...requests];
  }
}
