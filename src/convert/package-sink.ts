// The sink port, into which the converter writes a package's files. Names are plain file names.

export interface PackageSink {
  /** Returns a file written earlier, or undefined. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Writes a file completely or not at all: `name` never refers to a partial file, even after a crash. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Removes a file. It is not an error if the file does not exist. */
  remove(name: string): Promise<void>;
}
