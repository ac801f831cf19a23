// Checks that a file of the app is the same as when the app was built.

import { fail } from '../failure.ts';
import { sha256Hex } from '../format/sha256.ts';

/** A file's length and hash, recorded by the build. */
export interface FileSum {
  bytes: number;
  /** In hexadecimal digits. */
  sha256: string;
}

/** Fails with 'changed-program', naming the file, if `bytes` does not have the expected hash. */
export async function demandSum(url: string, bytes: Uint8Array<ArrayBuffer>, sum: FileSum): Promise<void> {
  const sha256 = await sha256Hex(bytes);
  if (sha256 === sum.sha256) return;
  fail(
    'changed-program',
    `${nameOf(url)} has SHA-256 ${sha256}; this version of the app was built with ${sum.sha256}.`,
  );
}

/** Fails because of a wrong length, so that the file need not be hashed. */
export function failLength(url: string, bytes: number | 'too many', sum: FileSum): never {
  fail(
    'changed-program',
    `${nameOf(url)} has ${bytes} bytes; this version of the app was built with ${sum.bytes}.`,
  );
}

/** Deletes the service worker's copies of a file, so that the next request goes to the host. */
export async function dropKept(url: string): Promise<void> {
  try {
    for (const name of await caches.keys()) await (await caches.open(name)).delete(url);
  } catch {
    // If the browser lacks Cache Storage or refuses access to it, there is no copy to delete.
  }
}

function nameOf(url: string): string {
  return new URL(url).pathname.split('/').at(-1) ?? url;
}
