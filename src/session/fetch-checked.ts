// Fetches a file of the app, and checks that it is the same as when the app was built.

import { fail, Failure } from '../failure.ts';
import { demandSum, dropKept, failLength, type FileSum } from './checked-file.ts';

const ATTEMPTS = 3;
const WAIT_MS = 1000;
const REPORT_MS = 100;

export type OnBytes = (doneBytes: number, totalBytes: number) => void;

/**
 * Fetches the file in several attempts. Fails with 'not-loaded' if it cannot be fetched, and with 'changed-program' if
 * it differs from that of the app's build.
 */
export async function fetchChecked(
  url: string,
  sum: FileSum,
  onBytes: OnBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  for (let attempt = 1; ; attempt++) {
    try {
      // The browser's cache may hold a damaged copy, so the next attempt bypasses the cache.
      const bytes = await readBytes(url, sum, onBytes, attempt > 1 ? 'reload' : 'default');
      await demandSum(url, bytes, sum);
      return bytes;
    } catch (cause) {
      if (cause instanceof Failure && cause.code === 'changed-program') await dropKept(url);
      if (attempt === ATTEMPTS) {
        if (cause instanceof Failure) throw cause;
        fail('not-loaded', `A part of the app could not be fetched: ${String(cause)}`, cause);
      }
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS * attempt));
    }
  }
}

/** Fails with 'not-loaded' if there is no such file, and with 'changed-program' if its length is wrong. */
async function readBytes(
  url: string,
  sum: FileSum,
  onBytes: OnBytes,
  cache: RequestCache,
): Promise<Uint8Array<ArrayBuffer>> {
  onBytes(0, sum.bytes);
  const response = await fetch(url, { cache });
  const type = response.headers.get('content-type') ?? '';
  // For a file that does not exist, some hosts answer 200 with their start page.
  if (!response.ok || response.body === null || type.startsWith('text/html')) {
    fail('not-loaded', `${url} was answered with ${response.status} ${type}.`);
  }
  const bytes = new Uint8Array(sum.bytes);
  let doneBytes = 0;
  let reportedAt = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value: chunk } = await reader.read();
    if (done) break;
    if (doneBytes + chunk.byteLength > sum.bytes) failLength(url, 'too many', sum);
    bytes.set(chunk, doneBytes);
    doneBytes += chunk.byteLength;
    const now = performance.now();
    if (now - reportedAt < REPORT_MS) continue;
    reportedAt = now;
    onBytes(doneBytes, sum.bytes);
  }
  onBytes(doneBytes, sum.bytes);
  if (doneBytes !== sum.bytes) failLength(url, doneBytes, sum);
  return bytes;
}
