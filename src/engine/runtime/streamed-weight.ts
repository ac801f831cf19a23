// Weights as Blobs, the form that onnxruntime-web's JSPI build takes. The build reads them one after the other while it
// creates a session, so at most one weight is in memory. It prefers to read into its own buffers ("byob"), but such reads
// sometimes hang in Chromium 156. The streams of these Blobs do not support them, so the build uses default reads.

export const CHUNK_BYTES = 4 * 1024 * 1024;

export class StreamedWeight extends Blob {
  readonly #bytes: number;
  readonly #read: (start: number, end: number) => Promise<Uint8Array>;

  constructor(bytes: number, read: (start: number, end: number) => Promise<Uint8Array>) {
    super();
    this.#bytes = bytes;
    this.#read = read;
  }

  override get size(): number {
    return this.#bytes;
  }

  override slice(start = 0, end = this.#bytes): StreamedWeight {
    return new StreamedWeight(end - start, (from, to) => this.#read(start + from, start + to));
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let at = 0;
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      const end = Math.min(this.#bytes, at + CHUNK_BYTES);
      if (end > at) controller.enqueue(await this.#read(at, end));
      at = end;
      if (at === this.#bytes) controller.close();
    };
    return new ReadableStream<Uint8Array<ArrayBuffer>>({ pull }, { highWaterMark: 0 });
  }
}
