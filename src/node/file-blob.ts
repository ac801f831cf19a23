// A file as a Blob that is read with plain read calls. Node's own file Blob needs several turns of the main thread for
// each slice: 2 to 4 ms for 2.6 MB, and no progress while WASM computes on that thread. A plain read needs the main
// thread only to begin.

import { closeSync, openAsBlob, openSync, read } from 'node:fs';

/** Closes a file descriptor once no object can read it any more. */
const descriptors = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/** An open file, shared by all slices. */
interface OpenFile {
  readonly descriptor: number;
}

class FileBlob extends Blob {
  readonly #file: OpenFile;
  readonly #start: number;

  constructor(blob: Blob, file: OpenFile, start: number) {
    super([blob]);
    this.#file = file;
    this.#start = start;
  }

  /** `end` must be omitted or at most the size. Negative offsets are not supported. */
  override slice(start = 0, end = this.size): FileBlob {
    return new FileBlob(super.slice(start, end), this.#file, this.#start + start);
  }

  /** Fails if the file has become shorter or cannot be read. */
  override async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = Buffer.allocUnsafeSlow(this.size);
    let filled = 0;
    while (filled < bytes.length) {
      const count = await readSome(this.#file.descriptor, bytes, filled, this.#start + filled);
      if (count === 0) throw new Error(`The file ends ${bytes.length - filled} bytes early.`);
      filled += count;
    }
    return bytes.buffer;
  }
}

function readSome(descriptor: number, bytes: Buffer, at: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, bytes, at, bytes.length - at, position, (error, count) =>
      error === null ? resolve(count) : reject(error),
    );
  });
}

/** Opens the file as a Blob; fails with the system's error if it cannot be opened. */
export async function fileBlob(path: string): Promise<Blob> {
  const blob = await openAsBlob(path);
  const file: OpenFile = { descriptor: openSync(path, 'r') };
  descriptors.register(file, file.descriptor);
  return new FileBlob(blob, file, 0);
}
