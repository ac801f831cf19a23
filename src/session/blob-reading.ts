// The work of a kernel worker that reads: it reads Blobs into memory that it shares with the threads that compute.

/** The API of a kernel worker that reads. */
export interface ReaderApi {
  /** Sets the memory into which `read` writes. */
  share(memory: WebAssembly.Memory): void;
  /** Reads all bytes of a Blob to an address. Fails if the Blob cannot be read. */
  read(blob: Blob, address: number): Promise<void>;
}

export class BlobReading implements ReaderApi {
  #memory: WebAssembly.Memory | undefined;

  share(memory: WebAssembly.Memory): void {
    this.#memory = memory;
  }

  async read(blob: Blob, address: number): Promise<void> {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    if (this.#memory === undefined) throw new Error('The reader has no memory.');
    // The memory may have grown since the last read, so its buffer is looked up each time.
    new Uint8Array(this.#memory.buffer, address, bytes.byteLength).set(bytes);
  }
}
