// Checks an HTTP response before its body is read. Each way in which a host refuses a request, or sends something else,
// has its own code and message.

import { Failure, fail } from '../../failure.ts';

/** Thrown if the host asks clients not to repeat the request for a while. */
export class RetryLater extends Failure {
  readonly afterMs: number;

  constructor(message: string, afterMs: number) {
    super('network', message);
    this.afterMs = afterMs;
  }
}

/** Parses a Retry-After header, which holds seconds or a date (RFC 9110, 10.2.3). */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

/** A part of a file: bytes `start` to `end`. */
export interface Part {
  start: number;
  end: number;
}

export interface AnswerFacts {
  /** Whether the host sent a part instead of the whole file. */
  isPart: boolean;
  /** The file offset of the body's first byte. */
  start: number;
  /** The length of the whole file, if the response gives it. */
  fileBytes: number | undefined;
  /**
   * The ETag without the marks of a weak tag and of compression, so that it identifies the file however it is
   * transferred.
   */
  etag: string | undefined;
}

/**
 * `part`: the range requested with a Range header; undefined for a whole file. If the host answers a request
 * for a part with the whole file, `start` is 0, and the caller decides what to do. Fails with 'web-page',
 * 'missing-file', 'forbidden', 'changed-file', 'wrong-range' or 'network'.
 */
export function checkAnswer(response: Response, name: string, part: Part | undefined): AnswerFacts {
  const { status, headers } = response;
  if (status === 404 || status === 410) fail('missing-file', `${name} does not exist (${status}).`);
  if (status === 401 || status === 403) fail('forbidden', `The host refuses ${name} (${status}).`);
  if (status === 412) fail('changed-file', `${name} was changed on the host.`);
  if (status === 416) fail('wrong-range', `The host says that ${name} has no such part.`);
  const afterMs = status === 429 || status === 503 ? retryAfterMs(headers.get('retry-after')) : undefined;
  if (afterMs !== undefined) {
    throw new RetryLater(
      `${name} was answered with ${status}: again in ${Math.ceil(afterMs / 1000)} s.`,
      afterMs,
    );
  }
  if (status < 200 || status > 299) fail('network', `${name} was answered with ${status}.`);
  if (/^(text\/html|application\/xhtml)/.test(headers.get('content-type') ?? '')) {
    fail('web-page', `${name} was answered with a web page.`);
  }
  const etag = headers
    .get('etag')
    ?.replace(/^W\//, '')
    // Apache and Caddy mark the ETag of a compressed response in this way. A part of the same file, requested later,
    // comes uncompressed.
    .replace(/-(gzip|br|zstd)"$/, '"');
  if (status !== 206) {
    // Content-Length counts transferred bytes, so for a compressed response it does not give the file's length.
    const length = headers.has('content-encoding') ? null : headers.get('content-length');
    return { isPart: false, start: 0, fileBytes: length === null ? undefined : Number(length), etag };
  }
  if (!part) fail('wrong-range', `A part of ${name} came where all of it was asked for.`);
  const range = parseContentRange(headers.get('content-range'));
  if (!range) fail('wrong-range', `The host does not say which part of ${name} it sent.`);
  if (range.start !== part.start || range.end > part.end) {
    const [asked, got] = [part, range].map(({ start, end }) => `${start}–${end - 1}`);
    fail('wrong-range', `Bytes ${asked} of ${name} were asked for, bytes ${got} came.`);
  }
  return { isPart: true, start: range.start, fileBytes: range.fileBytes, etag };
}

/** Parses `bytes 0-99/1000` or `bytes 0-99/*`. */
function parseContentRange(header: string | null): (Part & { fileBytes: number | undefined }) | undefined {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header ?? '');
  if (!match) return undefined;
  const fileBytes = match[3] === '*' ? undefined : Number(match[3]);
  return { start: Number(match[1]), end: Number(match[2]) + 1, fileBytes };
}
