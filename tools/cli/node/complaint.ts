// The error message of a command-line tool: a sentence if the user can correct the cause, a stack trace for a bug.

import { describe } from '../../../src/failure.ts';

/** One line for a Failure, for a system error on a file and for a wrong option; the stack for all other errors. */
export function complaint(error: unknown): string {
  const isForPerson = error instanceof Error && ('syscall' in error || hasArgumentCode(error));
  if (isForPerson) return error.message;
  return describe(error).message;
}

function hasArgumentCode(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && error.code.startsWith('ERR_PARSE_ARGS');
}
