// The hashing port: on the caller's thread, or on one that takes the bytes for a while.

import { sha256Hex } from '../../format/sha256.ts';

export interface Hashed {
  sha256: string;
  /** The same bytes, perhaps in another view: the one that was handed over is of no more use. */
  bytes: Uint8Array<ArrayBuffer>;
}

export type Hash = (bytes: Uint8Array<ArrayBuffer>) => Promise<Hashed>;

export const hashHere: Hash = async (bytes) => ({ sha256: await sha256Hex(bytes), bytes });
