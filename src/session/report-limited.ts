// Reports to the page when a model's own program that this worker cannot limit begins and ends, so that the page can
// end this worker. These messages go beside those of Comlink, which ignores messages without an id.

import type { RunLimited } from '../engine/prompt/run-limited.ts';

export const runReported: RunLimited = (job) => {
  self.postMessage({ foreignProgram: 'begun' });
  try {
    return job();
  } finally {
    self.postMessage({ foreignProgram: 'ended' });
  }
};
