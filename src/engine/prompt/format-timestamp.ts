// The text with which a prompt announces the time of a clip's frames.

import { roundHalfEven } from '../preprocess/round-half-even.ts';

/**
 * `<1.2 seconds>`, with the number as Python's `.1f` prints it. Python and toFixed both round the exact binary value,
 * but toFixed rounds exact ties up, and Python rounds them to even. Ties are the odd quarters, such as 0.25.
 */
export function formatTimestamp(seconds: number): string {
  const isTie = Math.abs(seconds * 4) % 2 === 1;
  return `<${(isTie ? roundHalfEven(seconds * 10) / 10 : seconds).toFixed(1)} seconds>`;
}
