// Reads files of this computer. Choosing a file does not read it: it may have been moved, deleted or changed on
// the disk since then.

import { fail } from '../../failure.ts';

/** Reads all of `file`, or `start` to `end` of it. Fails with 'unreadable-file'. */
export async function readFile(file: File, start?: number, end?: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const part = start === undefined ? file : file.slice(start, end);
    return new Uint8Array(await part.arrayBuffer());
  } catch (cause) {
    fail('unreadable-file', `${file.name} cannot be read any more.`, cause);
  }
}

/**
 * The file's size. Fails with 'unreadable-file'. A size of 0 is checked by reading, because browsers report 0
 * for a file that is gone.
 */
export async function sizeOf(file: File): Promise<number> {
  return file.size === 0 ? (await readFile(file)).byteLength : file.size;
}
