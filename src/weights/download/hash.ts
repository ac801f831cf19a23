// The hashing port: on the caller's thread, or on one that takes the bytes for a while.

import { sha256Hex } from '../../format/sha256.ts';
import { sha256Extend, type Sha256State } from '../../format/sha256-stream.ts';

export interface Hashed {
  sha256: string;
  /** The same bytes, perhaps in another view: the one that was handed over is of no more use. */
  bytes: Uint8Array<ArrayBuffer>;
}

export type Hash = (bytes: Uint8Array<ArrayBuffer>) => Promise<Hashed>;
/** Goes on with the hash of a longer file. The bytes are handed over for good. */
export type Extend = (state: Sha256State, bytes: Uint8Array<ArrayBuffer>) => Promise<Sha256State>;

export interface Hashing {
  hash: Hash;
  extend: Extend;
}

export const hashingHere: Hashing = {
  hash: async (bytes) => ({ sha256: await sha256Hex(bytes), bytes }),
  extend: (state, bytes) => Promise.resolve(sha256Extend(state, bytes)),
};
