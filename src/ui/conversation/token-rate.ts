// Tokens per second, from the engine's own count.

import type { Stage } from '../../contract/answer.ts';

/** Tokens per second since the first one; null until there are two. */
export function tokenRate(
  now: () => number = () => performance.now(),
): (stage: Stage, done: number) => number | null {
  let first: { done: number; at: number } | undefined;
  return (stage, done) => {
    if (stage !== 'answering') return null;
    first ??= { done, at: now() };
    const seconds = (now() - first.at) / 1000;
    return done > first.done && seconds > 0 ? (done - first.done) / seconds : null;
  };
}
