// Reads files on this computer. Choosing a file does not read it: it may have been moved, deleted or changed on the
// disk since.

import { fail } from '../../failure.ts';

/** Reads all of `file`, or its bytes `start` to `end`. Fails with 'unreadable-file'. */
export async function readFile(file: File, start?: number, end?: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const part = start === undefined ? file : file.slice(start, end);
    return new Uint8Array(await part.arrayBuffer());
  } catch (cause) {
    fail('unreadable-file', `${file.name} cannot be read any more.`, cause);
  }
}

/**
 * The file's size. Fails with 'unreadable-file'. If the size is 0, the file is read to check it, because browsers also
 * report 0 for a file that no longer exists.
 */
export async function sizeOf(file: File): Promise<number> {
  return file.size === 0 ? (await readFile(file)).byteLength : file.size;
}
