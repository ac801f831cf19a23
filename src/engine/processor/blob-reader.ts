// A separate thread that reads Blobs into the kernels' memory while the other threads compute. Types only.

export interface BlobReader {
  /** Reads all bytes of a Blob to an address. The caller must not use the memory there until the read is done. */
  read(blob: Blob, address: number): Promise<void>;
  /** Ends the thread. No read may be running, because its memory may have another use by then. */
  dispose(): void;
}

/** Starts a reader that writes into `memory`, which its threads share. */
export type OpenReader = (memory: WebAssembly.Memory) => Promise<BlobReader>;
