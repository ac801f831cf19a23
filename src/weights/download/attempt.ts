// One HTTP request under a watchdog: sends it, checks the response, passes on the body as it arrives. Every error of
// the transfer becomes a Failure with a code; an abort of the caller's signal stays an abort.

import { Failure, fail } from '../../failure.ts';
import { checkAnswer, type AnswerFacts, type Part } from './answer-checks.ts';
import type { Hosts } from './hosts.ts';
import type { Refusals } from './refusals.ts';

export interface Asked {
  url: string;
  /** The file's name, for messages. */
  name: string;
  hosts: Hosts;
  /** If omitted, the whole file. */
  part?: Part;
  /** The ETag that the file must have. */
  etag?: string;
}

export interface Body {
  facts: AnswerFacts;
  headers: Headers;
  /**
   * The chunks of the body, each valid until the next one is requested. Fails with 'stalled' or 'network'. Leaving the
   * loop early ends the transfer.
   */
  chunks: AsyncIterable<Uint8Array>;
}

/** Sends the request and runs `use` on the response. When the promise settles, the transfer has ended. */
export async function attempt<T>(
  asked: Asked,
  { stallMs, refusals }: { stallMs: number; refusals: Refusals | undefined },
  signal: AbortSignal,
  use: (body: Body) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const { url, name, hosts, part, etag } = asked;
  const watch = new Watchdog(stallMs, name);
  const request = new AbortController();
  const either = AbortSignal.any([signal, watch.signal, request.signal]);
  try {
    const response = await fetch(url, {
      signal: either,
      // Without this, Chromium may return a cached part as if it were the whole file.
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      headers: headersOf(url, part, etag),
    });
    watch.hear(LEAST_BYTES);
    const facts = checkAnswer(response, name, part);
    hosts.check(response.url === '' ? url : response.url);
    if (etag !== undefined && facts.etag !== undefined && facts.etag !== etag) {
      fail('changed-file', `${name} was changed on the host.`);
    }
    return await use({ facts, headers: response.headers, chunks: chunksOf(response, watch) });
  } catch (cause) {
    signal.throwIfAborted();
    if (watch.signal.aborted) throw watch.signal.reason;
    if (cause instanceof Failure) throw cause;
    // fetch and streams report every broken connection as a TypeError; any other error is a bug.
    if (!(cause instanceof TypeError)) throw cause;
    const refused = await refusals?.originOf(url);
    if (refused !== undefined) {
      fail('host-blocked', `The policy of this page does not let ${refused} be reached.`, cause);
    }
    fail('network', `${name} could not be fetched: ${cause.message}`, cause);
  } finally {
    watch.stop();
    request.abort();
  }
}

/**
 * If-Range is sent only to the page's own host. With it, a request to another host would need a preflight, and the
 * hosts to which hubs redirect do not answer preflights (huggingface/datasets issue 7931). A Range of this form needs
 * none. In both cases the ETag of the response is compared.
 */
function headersOf(url: string, part: Part | undefined, etag: string | undefined): Record<string, string> {
  if (!part) return {};
  const range = { Range: `bytes=${part.start}-${part.end - 1}` };
  const isOwn = 'location' in globalThis && new URL(url).origin === globalThis.location.origin;
  return etag !== undefined && isOwn ? { ...range, 'If-Range': etag } : range;
}

/** The size of the buffer: small enough that a chunk stays in the processor's cache until it is copied. */
const CHUNK_BYTES = 64 * 1024;

async function* chunksOf(response: Response, watch: Watchdog): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const read = reading(response.body);
  for (;;) {
    const { done, value } = await read();
    if (done) return;
    watch.hear(value.byteLength);
    const handedOverAt = performance.now();
    yield value;
    // The time that the consumer takes to store a chunk does not count as silence of the host.
    watch.excuse(performance.now() - handedOverAt);
  }
}

/**
 * Reads a byte stream through one reused buffer, because reads into new buffers take 1.5 times as long. Other streams
 * are read chunk by chunk.
 */
function reading(body: ReadableStream<Uint8Array>): () => Promise<ReadableStreamReadResult<Uint8Array>> {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: 'byob' });
  } catch {
    const chunks = body.getReader();
    return () => chunks.read();
  }
  let buffer = new ArrayBuffer(CHUNK_BYTES);
  return async () => {
    const result = await reader.read(new Uint8Array(buffer));
    if (result.value !== undefined) buffer = result.value.buffer;
    return result;
  };
}

/**
 * If fewer bytes than this arrive within the stall time, the transfer counts as silent: at a byte a second, a download
 * would take years.
 */
export const LEAST_BYTES = 4096;

/** Aborts its signal with a 'stalled' failure if almost no bytes arrive within the stall time. */
class Watchdog {
  readonly #stallMs: number;
  readonly #name: string;
  readonly #controller = new AbortController();
  #heardAt = performance.now();
  /** Bytes that arrived since `#heardAt`. */
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout>;

  constructor(stallMs: number, name: string) {
    this.#stallMs = stallMs;
    this.#name = name;
    this.#timer = setTimeout(() => this.#look(), stallMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Called for every chunk, so it has to be fast. */
  hear(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < LEAST_BYTES) return;
    this.#bytes = 0;
    this.#heardAt = performance.now();
  }

  /** Excludes `ms` from the stall time, because the consumer requested no data during that time. */
  excuse(ms: number): void {
    this.#heardAt += ms;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const left = this.#heardAt + this.#stallMs - performance.now();
    if (left > 0) {
      this.#timer = setTimeout(() => this.#look(), left);
      return;
    }
    const seconds = this.#stallMs / 1000;
    this.#controller.abort(
      new Failure('stalled', `Next to nothing of ${this.#name} came for ${seconds} seconds.`),
    );
  }
}
