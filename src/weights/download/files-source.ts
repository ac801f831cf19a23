// A checkpoint source for files that were chosen or dropped on the page.

import type { CheckpointSource } from '../../convert/checkpoint-source.ts';
import { ggufAmong } from '../../convert/gguf/gguf-among.ts';
import { fail } from '../../failure.ts';
import { readFile, sizeOf } from './read-file.ts';

export class FilesSource implements CheckpointSource {
  readonly #files: ReadonlyMap<string, File>;

  constructor(files: ReadonlyMap<string, File>) {
    this.#files = files;
  }

  ggufFiles(): Promise<string[]> {
    return Promise.resolve(ggufAmong([...this.#files.keys()]));
  }

  async size(name: string): Promise<number | undefined> {
    const file = this.#files.get(name);
    return file && sizeOf(file);
  }

  async read(
    name: string,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    signal?.throwIfAborted();
    const file = this.#files.get(name) ?? fail('missing-file', `There is no ${name}.`);
    return readFile(file, start, end);
  }
}
