// Writes a package into a directory.

import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageSink } from '../convert/package-sink.ts';
import { fail } from '../failure.ts';
import { hasCode } from './system-error.ts';

/**
 * Each file is written under another name, flushed to the disk and then renamed, so that it appears only when it is
 * complete.
 */
export class DirectorySink implements PackageSink {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return new Uint8Array(await readFile(join(this.#directory, name)));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  /** Fails with 'storage-full' if the disk is full. */
  async write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const path = join(this.#directory, name);
    const part = `${path}.part`;
    try {
      await mkdir(this.#directory, { recursive: true });
      const file = await open(part, 'w');
      try {
        await file.writeFile(bytes);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      if (hasCode(error, 'ENOSPC')) fail('storage-full', `There is no space left for ${path}.`, error);
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#directory, name), { force: true });
  }
}
