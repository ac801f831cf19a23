// The hashing port. An implementation hashes on the caller's thread, or on another thread, to which it transfers the
// bytes for the duration.

import { sha256Hex } from '../../format/sha256.ts';
import { sha256Extend, type Sha256State } from '../../format/sha256-stream.ts';

export interface Hashed {
  sha256: string;
  /** The same bytes, perhaps in another view; the caller must not use the view that it passed any more. */
  bytes: Uint8Array<ArrayBuffer>;
}

export type Hash = (bytes: Uint8Array<ArrayBuffer>) => Promise<Hashed>;
/** Continues the hash of a longer file. The caller must not use `bytes` afterwards. */
export type Extend = (state: Sha256State, bytes: Uint8Array<ArrayBuffer>) => Promise<Sha256State>;

export interface Hashing {
  hash: Hash;
  extend: Extend;
}

export const hashingHere: Hashing = {
  hash: async (bytes) => ({ sha256: await sha256Hex(bytes), bytes }),
  extend: (state, bytes) => Promise.resolve(sha256Extend(state, bytes)),
};
