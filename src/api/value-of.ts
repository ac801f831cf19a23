// Turns an Outcome, which can cross threads, into the value or the exception that callers of a library expect.

import { Failure, type Outcome } from '../failure.ts';

/** Returns the value. Throws a Failure, or an AbortError if the job was stopped. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind === 'done') return outcome.value;
  if (outcome.kind === 'stopped') throw new DOMException('The call was stopped.', 'AbortError');
  throw new Failure(outcome.failure.code, outcome.failure.message);
}
