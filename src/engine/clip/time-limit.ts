// Limits the time of every wait for a decoder, because decoders of damaged files may never answer.

import { Failure } from '../../failure.ts';

/** Fails with 'bad-clip' if `job` takes longer than `ms`, and ignores its later result. */
export async function within<T>(ms: number, job: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Failure('bad-clip', `The decoder did not answer within ${ms / 1000} s.`));
    }, ms);
  });
  try {
    return await Promise.race([job, late]);
  } finally {
    clearTimeout(timer);
  }
}
