// Files chosen or dropped on the page, as the converter reads a checkpoint.

import type { CheckpointSource } from '../../convert/checkpoint-source.ts';
import { fail } from '../../failure.ts';

export class FilesSource implements CheckpointSource {
  readonly #files: ReadonlyMap<string, File>;

  constructor(files: ReadonlyMap<string, File>) {
    this.#files = files;
  }

  size(name: string): Promise<number | undefined> {
    return Promise.resolve(this.#files.get(name)?.size);
  }

  async read(
    name: string,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    signal?.throwIfAborted();
    const file = this.#files.get(name) ?? fail('missing-file', `There is no ${name}.`);
    try {
      return new Uint8Array(await file.slice(start, end).arrayBuffer());
    } catch (cause) {
      fail('changed-file', `${name} cannot be read any more.`, cause);
    }
  }
}
