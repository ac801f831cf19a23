// All requests of the page and its workers since the page opened, counted: a page may stay open for weeks.

import { watchRequests, type SeenRequest } from '../../policy/watch-requests.ts';
import { groupRequests, type RequestGroup } from './requests.ts';

export class RequestLog {
  #groups = $state.raw<readonly RequestGroup[]>([]);

  constructor() {
    watchRequests((requests) => this.#note(requests));
  }

  get groups(): readonly RequestGroup[] {
    return this.#groups;
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
    this.#groups = groupRequests(requests, document.baseURI, this.#groups);
  }
}
