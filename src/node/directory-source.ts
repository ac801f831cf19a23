// Reads a checkpoint from a directory.

import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CheckpointSource } from '../convert/checkpoint-source.ts';
import { ggufAmong, splitFiles } from '../convert/gguf/gguf-among.ts';
import { hasCode } from './system-error.ts';

/** Each file stays open after a read, until the caller closes this source after the conversion. */
export class DirectorySource implements CheckpointSource, AsyncDisposable {
  readonly #directory: string;
  readonly #open = new Map<string, Promise<FileHandle>>();

  /** The paths, by file name, of GGUF files that the caller named one by one. */
  readonly #named: ReadonlyMap<string, string>;

  constructor(directory: string, named: ReadonlyMap<string, string> = new Map()) {
    this.#directory = directory;
    this.#named = named;
  }

  /**
   * Returns a source of the GGUF files at `paths` and of the other parts of split files. The side files must lie beside
   * the first file.
   */
  static ofGguf(paths: readonly string[]): DirectorySource {
    const named = paths.flatMap((path) =>
      splitFiles(basename(path)).map((name) => [name, join(dirname(path), name)] as const),
    );
    return new DirectorySource(dirname(paths[0] ?? '.'), new Map(named));
  }

  async ggufFiles(): Promise<string[]> {
    if (this.#named.size > 0) return [...this.#named.keys()];
    try {
      return ggufAmong(await readdir(this.#directory));
    } catch (error) {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
      throw error;
    }
  }

  async size(name: string): Promise<number | undefined> {
    try {
      const stats = await stat(this.#path(name));
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

  #path(name: string): string {
    return this.#named.get(name) ?? join(this.#directory, name);
  }

  #file(name: string): Promise<FileHandle> {
    const known = this.#open.get(name);
    if (known) return known;
    const file = open(this.#path(name), 'r');
    this.#open.set(name, file);
    return file;
  }
}
