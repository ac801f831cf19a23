// For tests: the converter's ports, with files in memory.

import type { CheckpointSource } from '../../../src/convert/checkpoint-source.ts';
import { ggufAmong } from '../../../src/convert/gguf/gguf-among.ts';
import type { PackageSink } from '../../../src/convert/package-sink.ts';

export type Files = Map<string, Uint8Array<ArrayBuffer>>;

/** Files in memory. Records the largest read and the number of bytes read. */
export class MemorySource implements CheckpointSource {
  readonly files: Files;
  largestRead = 0;
  bytesRead = 0;

  constructor(files: Files) {
    this.files = files;
  }

  ggufFiles(): Promise<string[]> {
    return Promise.resolve(ggufAmong([...this.files.keys()]));
  }

  size(name: string): Promise<number | undefined> {
    return Promise.resolve(this.files.get(name)?.byteLength);
  }

  read(name: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    this.largestRead = Math.max(this.largestRead, end - start);
    this.bytesRead += end - start;
    return Promise.resolve((this.files.get(name) ?? new Uint8Array()).slice(start, end));
  }
}

/** Files in memory. After `writesLeft` writes, each further write fails, as if the process had been killed. */
export class MemorySink implements PackageSink {
  readonly files: Files = new Map();
  writesLeft = Infinity;

  read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return Promise.resolve(this.files.get(name));
  }

  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.writesLeft-- <= 0) return Promise.reject(new Error('killed'));
    this.files.set(name, bytes);
    return Promise.resolve();
  }

  remove(name: string): Promise<void> {
    this.files.delete(name);
    return Promise.resolve();
  }
}
