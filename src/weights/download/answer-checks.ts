// What is looked at in an HTTP answer before a byte of its body is taken: every way in which a host says
// "no" or says something else has a code and a sentence of its own.

import { Failure, fail } from '../../failure.ts';

/** The host says how long it is not to be asked. */
export class RetryLater extends Failure {
  readonly afterMs: number;

  constructor(message: string, afterMs: number) {
    super('network', message);
    this.afterMs = afterMs;
  }
}

/** Seconds or a date (RFC 9110, 10.2.3). */
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
  /** Whether a part was sent rather than the whole file. */
  isPart: boolean;
  /** The first byte that the body brings. */
  start: number;
  /** Bytes of the whole file, where the answer says so. */
  fileBytes: number | undefined;
  /** Without the mark of a weak one and of a compressed one: it names the file, however it travelled. */
  etag: string | undefined;
}

/**
 * `part`: what was asked for with a Range header; undefined for a whole file. A whole file in answer to
 * a part is the caller's to judge: `start` is 0 then.
 * Fails with 'web-page', 'missing-file', 'forbidden', 'changed-file', 'wrong-range' or 'network'.
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
    // Apache and Caddy name a compressed answer so; the part that goes on with it is sent as it is.
    .replace(/-(gzip|br|zstd)"$/, '"');
  if (status !== 206) {
    // A length is of the body as it travels: it says nothing about a compressed file.
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

/** `bytes 0-99/1000` or `bytes 0-99/*`. */
function parseContentRange(header: string | null): (Part & { fileBytes: number | undefined }) | undefined {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header ?? '');
  if (!match) return undefined;
  const fileBytes = match[3] === '*' ? undefined : Number(match[3]);
  return { start: Number(match[1]), end: Number(match[2]) + 1, fileBytes };
}
