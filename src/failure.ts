// The one failure type. It is thrown where the reason is known, and crosses threads as an Outcome, because
// structured cloning keeps only an error's name, message and stack.

/** The reason of a failure, as a stable code, which the page turns into a sentence in the user's language. */
export type FailureCode =
  | 'bad-manifest' // a package's manifest or index does not parse; the message names the field
  | 'newer-format' // the package was written by a newer version of the app
  | 'endless-model' // the model's chat template or tokenizer takes more steps, memory or time than any honest one
  | 'bad-checkpoint' // a checkpoint's config, header or tensor is not what the model needs
  | 'corrupt-shard' // bytes do not match their hash or length
  | 'missing-file' // a package or checkpoint lacks a file
  | 'storage-full' // the disk, or the browser's share of it, is full; everything stored before is kept
  | 'storage-failed' // the browser's storage refuses for another reason
  | 'network' // no connection, a connection that broke, or a host that answers with an error
  | 'stalled' // a transfer that stays open but delivers nothing
  | 'short-body' // a transfer that ended early, or delivered more than it announced
  | 'web-page' // HTML instead of a file: a log-in page, or a host that has no 404
  | 'forbidden' // the host asks for a log-in or for the acceptance of a licence
  | 'host-blocked' // the app's own policy does not allow requests to this host
  | 'redirected' // the host redirects to another one that is not among the allowed hosts
  | 'no-range' // the host cannot send a part of a file
  | 'wrong-range' // the host sent another part than the one requested
  | 'changed-file' // a file on the host is no longer the one with which the transfer began
  | 'unreadable-file' // a chosen file was moved, deleted or changed before it was read
  | 'files-needed' // the user must choose again the files from which this model was read
  | 'busy' // another tab is working on this model
  | 'no-model' // no model is chosen that could answer
  | 'bad-conversation' // an imported file does not parse as a conversation
  | 'bad-photo' // a picture that is damaged
  | 'empty-file' // from here to 'not-a-picture': the kind, by its bytes, of a file that cannot be decoded as a picture
  | 'heic-photo'
  | 'tiff-picture' // also the RAW files of cameras
  | 'svg-drawing'
  | 'pdf-file'
  | 'office-file' // Word, Excel, PowerPoint, OpenDocument
  | 'text-file' // also a web page
  | 'not-a-picture'
  | 'pixels-withheld' // the browser alters the pixels that a page reads, to prevent fingerprinting
  | 'photo-too-large'
  | 'photo-too-narrow' // one side is more than 200 times the other
  | 'bad-clip' // damaged, without a video track or frames, or its decoder never answers
  | 'unplayable-clip' // this browser has no decoder for a clip of this kind
  | 'unplayable-animation' // an animated picture of which this browser gives pages only one frame
  | 'clip-too-long' // or too large: more than can reasonably be decoded here
  | 'prompt-too-long' // the conversation does not fit the context
  | 'question-too-long' // the question does not fit the context even without the pictures and clips
  | 'not-numbers' // the model computed NaN or infinite values
  | 'no-webgpu'
  | 'gpu-too-limited' // the shaders of the device bind fewer buffers than the model's operators need
  | 'out-of-memory'
  | 'too-large-for-processor' // more than WebAssembly can address; reported before anything is loaded
  | 'device-lost'
  | 'device-unstable' // the device was lost again and again, and the app no longer uses it
  | 'worker-died'
  | 'no-answer' // a worker does not report in time whether its walls hold
  | 'not-loaded' // a part of the app itself could not be fetched: the site has a newer version, or there is no network
  | 'changed-program' // a file of the runtime or the kernels is not the one that the app was built with; the message names it
  | 'unprotected' // this worker is not under the app's policy, and accepts no photo
  | 'bad-request' // an argument of the caller is invalid; the message names it
  | 'bug';

export interface FailureInfo {
  code: FailureCode;
  message: string;
}

/** The result of a call that crosses a thread: a value, a requested stop, or a failure. */
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

/** Describes a failure for another thread. An error that is not a Failure is 'bug', never a friendly guess. */
export function describe(error: unknown): FailureInfo {
  if (error instanceof Failure) return { code: error.code, message: error.message };
  return { code: 'bug', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/**
 * Settles in the same way as `part`, the import of a part of the app. Fails with 'not-loaded' if it cannot be fetched.
 */
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
