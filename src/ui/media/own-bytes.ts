// Copies the bytes of a file that the user chose. The browser reads such a file from the disk each time, so the file
// could not be read again after being deleted, moved or saved anew.

import { fail, Failure } from '../../failure.ts';

/**
 * Copies the file into the browser's blob storage. Reads it once, as a stream, so that the page's own memory holds only
 * one piece at a time. Fails with 'unreadable-file'.
 */
export async function ownBytes(file: Blob, signal?: AbortSignal): Promise<Blob> {
  signal?.throwIfAborted();
  const name = file instanceof File ? file.name : 'The file';
  try {
    const copy = await new Response(file.stream()).blob();
    signal?.throwIfAborted();
    if (copy.size !== file.size) fail('unreadable-file', `${name} changed while it was read.`);
    return copy.slice(0, copy.size, file.type);
  } catch (cause) {
    if (cause instanceof Failure || signal?.aborted === true) throw cause;
    fail('unreadable-file', `${name} cannot be read.`, cause);
  }
}
