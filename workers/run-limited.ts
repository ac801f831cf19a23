// Tells the page while a model's own program runs here that has no limit of its own, so that the page can end this
// worker. Beside the calls' own messages: Comlink passes over what carries no id.

import type { RunLimited } from '../src/engine/prompt/run-limited.ts';

export const runLimited: RunLimited = (job) => {
  self.postMessage({ foreignProgram: 'begun' });
  try {
    return job();
  } finally {
    self.postMessage({ foreignProgram: 'ended' });
  }
};
