// Reads a checkpoint from a directory.

import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointSource } from '../convert/checkpoint-source.ts';
import { hasCode } from './system-error.ts';

/** Each file stays open after a read, until the caller closes this source after the conversion. */
export class DirectorySource implements CheckpointSource, AsyncDisposable {
  readonly #directory: string;
  readonly #open = new Map<string, Promise<FileHandle>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  async size(name: string): Promise<number | undefined> {
    try {
      const stats = await stat(join(this.#directory, name));
      return stats.isFile() ? stats.size : undefined;
    } catch (error) {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
      throw error;
    }
  }

  async read(
    name: string,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    signal?.throwIfAborted();
    const file = await this.#file(name);
    const bytes = new Uint8Array(end - start);
    let filled = 0;
    while (filled < bytes.byteLength) {
      const { bytesRead } = await file.read(bytes, filled, bytes.byteLength - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  async close(): Promise<void> {
    const files = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(files.map(async (file) => (await file).close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #file(name: string): Promise<FileHandle> {
    const known = this.#open.get(name);
    if (known) return known;
    const file = open(join(this.#directory, name), 'r');
    this.#open.set(name, file);
    return file;
  }
}
