// The source port: where a checkpoint's files are read from. A directory, dropped files and HTTP
// ranges each implement it; the converter knows nothing else about storage.

export interface CheckpointSource {
  /** Bytes of a file, or undefined where there is no such file. */
  size(name: string, signal?: AbortSignal): Promise<number | undefined>;
  /**
   * Bytes `start` to `end` of a file. May give fewer where the file ends early; the caller checks.
   * Aborting rejects with the signal's reason.
   */
  read(name: string, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}
