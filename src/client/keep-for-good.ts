// Asks the browser to keep this site's storage permanently, which only a page may do. Firefox asks the user, and its
// answer arrives only when the user answers, perhaps never; so no code waits for it.

import type { Persistence, WeightsEvent } from '../contract/weights.ts';

/**
 * The size of a download that makes the browser's question to the user worthwhile. A smaller model is easily downloaded
 * again.
 */
const WORTH_A_QUESTION_BYTES = 200e6;

export class KeepForGood {
  #isAsked = false;

  /**
   * Returns a callback that passes the events of a download on to `onEvent`, and asks the browser once if a large model
   * is being downloaded.
   */
  watch(onEvent: (event: WeightsEvent) => void): (event: WeightsEvent) => void {
    return (event) => {
      onEvent(event);
      if (this.#isAsked || event.kind !== 'progress' || event.totalBytes < WORTH_A_QUESTION_BYTES) return;
      this.#isAsked = true;
      void askToPersist().then((answer) => onEvent({ kind: 'persistence', answer }));
    };
  }
}

/**
 * Without permission, the browser may clear the storage if space runs short or the user does not visit for a
 * week.
 */
async function askToPersist(): Promise<Persistence> {
  // The API is missing in Node, in pages without a secure context, and in some browsers.
  if (!('navigator' in globalThis) || !('storage' in navigator) || !('persist' in navigator.storage)) {
    return 'unavailable';
  }
  try {
    return (await navigator.storage.persist()) ? 'granted' : 'refused';
  } catch {
    return 'unavailable';
  }
}
