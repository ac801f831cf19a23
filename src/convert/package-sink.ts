// The sink port: where the converter puts a package's files. Names are plain file names.

export interface PackageSink {
  /** A file written earlier, or undefined. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Writes a file whole or not at all: whatever happens, no half file is ever found under `name`. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Removes a file; no error where there is none. */
  remove(name: string): Promise<void>;
}
