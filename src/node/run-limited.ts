// Runs code of a model (its template or tokenizer) in Node with a time limit; V8 interrupts even regular expressions.

import { createContext, Script } from 'node:vm';
import type { RunLimited } from '../engine/prompt/run-limited.ts';
import { fail } from '../failure.ts';

const LIMIT_MS = 10_000;
const CALL = new Script('job()');

/** Fails with 'endless-model'. */
export const runLimited: RunLimited = <T>(job: () => T): T => runFor(job, LIMIT_MS);

export function runFor<T>(job: () => T, limitMs: number): T {
  let result: { value: T } | undefined;
  const context = createContext({
    job: () => {
      result = { value: job() };
    },
  });
  try {
    CALL.runInContext(context, { timeout: limitMs });
  } catch (error) {
    // The error comes from the other context, which has its own class Error.
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    fail(
      'endless-model',
      `The template or the tokenizer of the model did not end within ${limitMs / 1000} s.`,
      error,
    );
  }
  return result === undefined ? fail('bug', 'The job did not run.') : result.value;
}
