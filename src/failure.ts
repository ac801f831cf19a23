// The one failure type. Thrown where the reason is known; crosses threads as an Outcome, because
// structured cloning keeps only an error's name, message and stack.

/** What went wrong, as a stable code; the page turns it into a sentence in the user's language. */
export type FailureCode =
  | 'bad-manifest' // a package's manifest or index does not parse; the message names the field
  | 'newer-format' // the package was written by a newer version of the app
  | 'endless-model' // its chat template or tokenizer takes more steps, room or time than any honest one
  | 'bad-checkpoint' // a checkpoint's config, header or tensor is not what the model needs
  | 'corrupt-shard' // bytes do not match their hash or length
  | 'missing-file' // a package or checkpoint lacks a file
  | 'storage-full' // the disk or the browser's share of it; what was stored before is kept
  | 'storage-failed' // the browser's storage refuses for a reason of its own
  | 'network' // no connection, a connection that broke, or a host that answers with an error
  | 'stalled' // a transfer that stays open and brings nothing
  | 'short-body' // a transfer that ended early, or brought more than it announced
  | 'web-page' // HTML where a file should be: a log-in page, or a host that has no 404
  | 'forbidden' // the host asks for a log-in or for the acceptance of a licence
  | 'host-blocked' // the app's own policy does not let this host be reached
  | 'redirected' // the host sends on to another one that nobody named
  | 'no-range' // the host cannot send a part of a file
  | 'wrong-range' // the host sent another part than it was asked for
  | 'changed-file' // a file on the host is not the one that the transfer began with
  | 'unreadable-file' // a chosen file was moved, deleted or changed before it was read
  | 'files-needed' // the files this model was read from must be chosen again
  | 'busy' // another tab is at work on this model
  | 'no-model' // nothing is chosen that could answer
  | 'bad-conversation' // a file to be imported does not parse as a conversation
  | 'bad-photo' // a picture that is damaged
  | 'empty-file' // the next ones are told by a file's bytes when it cannot be decoded as a picture
  | 'heic-photo'
  | 'tiff-picture' // also what cameras write as RAW
  | 'svg-drawing'
  | 'pdf-file'
  | 'office-file' // Word, Excel, PowerPoint, OpenDocument
  | 'text-file' // also a web page
  | 'not-a-picture'
  | 'pixels-withheld' // the browser changes the pixels that a page reads, against fingerprinting
  | 'photo-too-large'
  | 'photo-too-narrow' // one side is more than 200 times the other
  | 'bad-clip' // damaged, without a video or without frames, or its decoder never answers
  | 'unplayable-clip' // of a kind that this browser has no decoder for
  | 'unplayable-animation' // a picture that moves, of which this browser shows pages one frame
  | 'clip-too-long' // or too large: more than is worth decoding here
  | 'prompt-too-long' // the conversation does not fit the context
  | 'question-too-long' // nor would it without its pictures and clips
  | 'not-numbers' // what the model computed
  | 'no-webgpu'
  | 'gpu-too-limited' // its shaders take fewer buffers than the model's operators
  | 'out-of-memory'
  | 'too-large-for-processor' // more than WebAssembly can address; told before anything is loaded
  | 'device-lost'
  | 'device-unstable' // lost again and again: it is left alone
  | 'worker-died'
  | 'no-answer' // a worker that does not say, within its time, whether its walls hold
  | 'not-loaded' // a part of the app itself could not be fetched: the site has another version now, or no network
  | 'changed-program' // a file of the runtime is not the one that the app was built with; the message names it
  | 'unprotected' // this worker is not under the app's policy, and takes no photo
  | 'bad-request' // a caller's argument; the message names it
  | 'bug';

export interface FailureInfo {
  code: FailureCode;
  message: string;
}

/** The result of a call that crosses a thread: a value, a stop asked for, or a failure. */
export type Outcome<T> =
  { kind: 'done'; value: T } | { kind: 'stopped' } | { kind: 'failed'; failure: FailureInfo };

export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function fail(code: FailureCode, message: string, cause?: unknown): never {
  throw new Failure(code, message, cause === undefined ? undefined : { cause });
}

/** Names a failure for another thread. Whatever is not a Failure is a bug, never a friendly guess. */
export function describe(error: unknown): FailureInfo {
  if (error instanceof Failure) return { code: error.code, message: error.message };
  return { code: 'bug', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Settles as the import of a part of the app does; fails with 'not-loaded' where it cannot be fetched. */
export async function loadedPart<T>(part: Promise<T>): Promise<T> {
  try {
    return await part;
  } catch (cause) {
    fail('not-loaded', `A part of the app could not be loaded: ${String(cause)}`, cause);
  }
}

/** Runs a job and returns how it ended; an AbortError from the job's own signal is 'stopped'. */
export async function outcome<T>(job: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: 'done', value: await job() };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return { kind: 'stopped' };
    return { kind: 'failed', failure: describe(error) };
  }
}
