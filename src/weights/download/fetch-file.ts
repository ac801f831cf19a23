// Fetches a file, or a part of one, into memory. It makes as many attempts as the pace allows, and each
// continues where the last one broke off.

import { Failure, fail, type FailureCode } from '../../failure.ts';
import { RetryLater, type Part } from './answer-checks.ts';
import { attempt, LEAST_BYTES, type Asked, type Body } from './attempt.ts';
import { pause, waitMs, type Pace } from './pace.ts';
import type { Refusals } from './refusals.ts';

/** Failures after which another attempt may succeed. */
const PASSING: ReadonlySet<FailureCode> = new Set(['network', 'stalled', 'short-body', 'wrong-range']);

const LONGEST_ASKED_MS = 600_000;

export interface Transfers {
  pace: Pace;
  /** The origins that the page's policy refused; omitted in Node, which has no policy. */
  refusals?: Refusals;
  /** Receives the number of bytes that arrived. The number is negative if earlier bytes turned out to be useless. */
  onBytes?: (bytes: number) => void;
  onRetry?: (retry: { file: string; failure: Failure; attempt: number; waitMs: number }) => void;
}

export interface WantedPart extends Asked, Part {
  /** The length of the whole file. */
  fileBytes: number;
}

/**
 * Fetches exactly the bytes `start` to `end` of a file, into `buffer` if that is large enough. Fails with the failure
 * of the last attempt, or with 'no-range' if a part is requested and the host sends only whole files.
 */
export async function fetchPart(
  wanted: WantedPart,
  transfers: Transfers,
  signal: AbortSignal,
  buffer?: ArrayBuffer,
): Promise<Uint8Array<ArrayBuffer>> {
  const { start, end, fileBytes, name } = wanted;
  const isWhole = start === 0 && end === fileBytes;
  const length = end - start;
  const bytes =
    buffer !== undefined && buffer.byteLength >= length
      ? new Uint8Array(buffer, 0, length)
      : new Uint8Array(length);
  let filled = 0;
  let goesOn = true;
  const step = (): Promise<void> => {
    const restarts = isWhole && (filled === 0 || !goesOn);
    if (restarts) rewind();
    const part = restarts ? {} : { part: { start: start + filled, end } };
    const { url, hosts, etag } = wanted;
    const asked: Asked = { url, name, hosts, ...part, ...(etag === undefined ? {} : { etag }) };
    return attempt(asked, limitsOf(transfers), signal, async ({ facts, chunks }) => {
      if (facts.start !== start + filled) {
        if (!isWhole) fail('no-range', `The host sends ${name} only as a whole.`);
        // The file has changed, or the host sends no parts: start over with this response.
        rewind();
      }
      if (facts.fileBytes !== undefined && facts.fileBytes !== fileBytes) {
        fail('short-body', `${name} has ${facts.fileBytes} bytes on the host; ${fileBytes} are expected.`);
      }
      for await (const chunk of chunks) {
        if (filled + chunk.byteLength > bytes.byteLength) {
          rewind();
          fail('short-body', `More of ${name} came than the ${bytes.byteLength} bytes expected.`);
        }
        bytes.set(chunk, filled);
        filled += chunk.byteLength;
        transfers.onBytes?.(chunk.byteLength);
      }
      if (filled < bytes.byteLength) {
        fail('short-body', `${name} ended after ${start + filled} of ${end} bytes.`);
      }
    });
  };
  const rewind = (): void => {
    transfers.onBytes?.(-filled);
    filled = 0;
  };
  try {
    await retried(name, transfers, signal, step, {
      progress: () => filled,
      // A host that sends wrong ranges may still be able to send the whole file.
      onFailure: ({ code }) => (goesOn = code !== 'wrong-range'),
    });
  } catch (error) {
    rewind();
    throw error;
  }
  return bytes;
}

/**
 * Fetches at most `limit` bytes: a whole file of unknown length, or the first bytes of a file. Fails with 'no-range' if
 * the host answers a request for a part with more than that.
 */
export function fetchSmall(
  asked: Asked,
  limit: number,
  transfers: Transfers,
  signal: AbortSignal,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; body: Omit<Body, 'chunks'> }> {
  return retried(asked.name, transfers, signal, () =>
    attempt(asked, limitsOf(transfers), signal, async ({ facts, headers, chunks }) => {
      const parts: BlobPart[] = [];
      let length = 0;
      const tooLong = (): never =>
        fail(
          asked.part ? 'no-range' : 'short-body',
          `${asked.name} came whole, with more than ${limit} bytes.`,
        );
      if (!facts.isPart && (facts.fileBytes ?? 0) > limit) tooLong();
      for await (const chunk of chunks) {
        length += chunk.byteLength;
        if (length > limit) tooLong();
        parts.push(chunk.slice());
      }
      if (!facts.isPart && length !== (facts.fileBytes ?? length)) {
        fail('short-body', `${asked.name} ended after ${length} of ${facts.fileBytes ?? 0} bytes.`);
      }
      return { bytes: new Uint8Array(await new Blob(parts).arrayBuffer()), body: { facts, headers } };
    }),
  );
}

function limitsOf({ pace, refusals }: Transfers): { stallMs: number; refusals: Refusals | undefined } {
  return { stallMs: pace.stallMs, refusals };
}

/**
 * Repeats `step` while its failures may be temporary. An attempt that gets at least LEAST_BYTES further than any
 * earlier one resets the count of attempts. If the host says when to return, the next attempt waits until then.
 */
async function retried<T>(
  file: string,
  { pace, onRetry }: Transfers,
  signal: AbortSignal,
  step: () => Promise<T>,
  { progress, onFailure }: { progress?: () => number; onFailure?: (failure: Failure) => void } = {},
): Promise<T> {
  let best = 0;
  for (let count = 1; ; count++) {
    try {
      return await step();
    } catch (failure) {
      if (!(failure instanceof Failure) || !PASSING.has(failure.code)) throw failure;
      const reached = progress?.() ?? 0;
      if (reached >= best + LEAST_BYTES) [best, count] = [reached, 1];
      if (count >= pace.attempts) throw failure;
      onFailure?.(failure);
      const asked = failure instanceof RetryLater ? failure.afterMs : 0;
      // The user will not wait that long, and can resume the download at any time.
      if (asked > LONGEST_ASKED_MS) throw failure;
      const wait = Math.max(asked, waitMs(pace, count, Math.random));
      onRetry?.({ file, failure, attempt: count, waitMs: wait });
      await pause(wait, signal);
    }
  }
}
