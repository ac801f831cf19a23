// What a command line says when it ends: a sentence for what a person can mend, where it happened for a bug.

import { describe } from '../../src/failure.ts';

/** One line for a Failure, for a file that the system refuses and for a wrong option; else the stack. */
export function complaint(error: unknown): string {
  const isForPerson = error instanceof Error && ('syscall' in error || hasArgumentCode(error));
  if (isForPerson) return error.message;
  return describe(error).message;
}

function hasArgumentCode(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && error.code.startsWith('ERR_PARSE_ARGS');
}
