// The source port, from which the converter reads a checkpoint's files. There is an implementation for a directory, for
// dropped files and for HTTP ranges; the converter knows nothing else about storage.

import type { HeaderEntry } from '../format/safetensors.ts';

export interface CheckpointSource {
  /** Length of a file in bytes, or undefined if there is no such file. */
  size(name: string, signal?: AbortSignal): Promise<number | undefined>;
  /**
   * Bytes `start` to `end` of a file. Returns fewer if the file ends early; the caller checks the length. Aborting
   * rejects with the signal's reason.
   */
  read(name: string, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Returns the names of the checkpoint's GGUF files; an empty list if its weights are in safetensors files. Sources
   * without GGUF files omit this function.
   */
  ggufFiles?(signal?: AbortSignal): Promise<string[]>;
  /**
   * The converter calls this once for each file of weights, after it has identified the checkpoint by headers and
   * samples and before it reads data of tensors. `tensors` lists the tensors of the header in the order of their bytes,
   * with padding between them if the file aligns them.
   */
  opened?(name: string, tensors: readonly HeaderEntry[]): Promise<void>;
}
