// Recognises Node's system errors without a cast.

/** Whether `error` is a system error of this code (ENOENT, ENOSPC, …). */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
