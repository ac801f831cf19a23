// Asks the browser to keep the storage for good, which only a page may. Firefox asks the user and answers when
// the user does, perhaps never: nothing waits for this.

import type { Persistence, WeightsEvent } from '../contract/weights.ts';

/** Downloading a smaller model again is less trouble than a question of the browser's. */
const WORTH_A_QUESTION_BYTES = 200e6;

export class KeepForGood {
  #isAsked = false;

  /** Hears what is told of a download; asks once, when a large model is on its way. */
  watch(onEvent: (event: WeightsEvent) => void): (event: WeightsEvent) => void {
    return (event) => {
      onEvent(event);
      if (this.#isAsked || event.kind !== 'progress' || event.totalBytes < WORTH_A_QUESTION_BYTES) return;
      this.#isAsked = true;
      void askToPersist().then((answer) => onEvent({ kind: 'persistence', answer }));
    };
  }
}

/** Without a yes, the browser may clear the storage when space runs short or nobody comes for a week. */
async function askToPersist(): Promise<Persistence> {
  // Absent in Node, in pages without a secure context, and in some browsers.
  if (!('navigator' in globalThis) || !('storage' in navigator) || !('persist' in navigator.storage)) {
    return 'unavailable';
  }
  try {
    return (await navigator.storage.persist()) ? 'granted' : 'refused';
  } catch {
    return 'unavailable';
  }
}
