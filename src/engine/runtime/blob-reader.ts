// Reads a Blob in order through one buffer that is used again and again. The browser's own buffers are freed only by
// garbage collection, so hundreds of MB of them would accumulate while gigabytes are read.

/** A buffer that is passed from read to read; each read overwrites the bytes of the one before. */
export class ReusedBuffer {
  #buffer = new ArrayBuffer(0);

  take(bytes: number): ArrayBuffer {
    const buffer = this.#buffer;
    return buffer.byteLength < bytes ? new ArrayBuffer(bytes) : buffer;
  }

  give(buffer: ArrayBuffer): void {
    this.#buffer = buffer;
  }
}

export class BlobReader {
  readonly #buffer: ReusedBuffer;
  /**
   * The references to the Blob and its stream, because Chromium 156 stops reading if they are collected during a read.
   */
  readonly #blob: Blob;
  readonly #stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #reader: ReadableStreamBYOBReader;

  constructor(blob: Blob, buffer: ReusedBuffer) {
    this.#blob = blob;
    this.#buffer = buffer;
    this.#stream = blob.stream();
    this.#reader = this.#stream.getReader({ mode: 'byob' });
  }

  /** The next bytes, valid until the buffer is used again. Fails if the Blob has no more bytes, or cannot be read. */
  async next(bytes: number): Promise<Uint8Array> {
    let buffer = this.#buffer.take(bytes);
    let at = 0;
    while (at < bytes) {
      const { value } = await this.#reader.read(new Uint8Array(buffer, at, bytes - at));
      if (value === undefined || value.byteLength === 0) {
        throw new RangeError(`A weight of ${this.#blob.size} bytes ends early.`);
      }
      buffer = value.buffer;
      at += value.byteLength;
    }
    this.#buffer.give(buffer);
    return new Uint8Array(buffer, 0, bytes);
  }
}
