// Reports to the page when a model's own program begins and ends, so that the page can end this worker if the program
// is endless: the worker itself cannot limit it. The messages use the same port as Comlink, which ignores messages
// without an id.

import type { RunLimited } from '../engine/prompt/run-limited.ts';

export const runReported: RunLimited = (job) => {
  self.postMessage({ foreignProgram: 'begun' });
  try {
    return job();
  } finally {
    self.postMessage({ foreignProgram: 'ended' });
  }
};
