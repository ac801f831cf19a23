// Computes the SHA-256 of bytes that arrive part by part (FIPS 180-4). WebCrypto can hash only bytes that are all in
// memory, and a file of a checkpoint has gigabytes. The state is plain data, so that it can be stored and continued
// later.

const BLOCK_BYTES = 64;

export interface Sha256State {
  /** Number of bytes hashed so far. */
  bytes: number;
  /** The eight words of the hash, each as a signed 32-bit integer. */
  words: number[];
  /** The bytes after the last whole block. */
  rest: number[];
}

export function sha256Begin(): Sha256State {
  return {
    bytes: 0,
    words: Array.from({ length: 8 }, (_, index) => fraction(prime(index), 1 / 2)),
    rest: [],
  };
}

/** Returns the state after `bytes`; does not change `state` itself. */
export function sha256Extend(state: Sha256State, bytes: Uint8Array): Sha256State {
  const words = Int32Array.from(state.words);
  const compress = compressor(words);
  let rest = Uint8Array.from(state.rest);
  let at = 0;
  if (rest.byteLength > 0) {
    at = Math.min(BLOCK_BYTES - rest.byteLength, bytes.byteLength);
    rest = concat(rest, bytes.subarray(0, at));
    if (rest.byteLength === BLOCK_BYTES) {
      compress(rest, 0, 1);
      rest = new Uint8Array();
    }
  }
  const blocks = Math.floor((bytes.byteLength - at) / BLOCK_BYTES);
  compress(bytes, at, blocks);
  const end = concat(rest, bytes.subarray(at + blocks * BLOCK_BYTES));
  return { bytes: state.bytes + bytes.byteLength, words: Array.from(words), rest: Array.from(end) };
}

/** The hash of all bytes that went into the state, in lower-case hexadecimal. */
export function sha256End(state: Sha256State): string {
  const { bytes, rest } = state;
  // The padding: a one bit, zeros up to eight bytes before the end of a block, and the length in bits.
  const padding = new Uint8Array((rest.length < 56 ? 64 : 128) - rest.length);
  padding[0] = 0x80;
  new DataView(padding.buffer).setBigUint64(padding.byteLength - 8, BigInt(bytes) * 8n);
  return sha256Extend(state, padding)
    .words.map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join('');
}

/** Returns a function that hashes whole blocks into `words`. */
function compressor(words: Int32Array): (bytes: Uint8Array, from: number, blocks: number) => void {
  const constants = Int32Array.from({ length: 64 }, (_, index) => fraction(prime(index), 1 / 3));
  const schedule = new Int32Array(64);
  return (bytes, from, blocks) => {
    for (let block = 0, at = from; block < blocks; block++, at += BLOCK_BYTES) {
      for (let t = 0; t < 16; t++) {
        const byte = at + 4 * t;
        schedule[t] =
          (bytes[byte]! << 24) | (bytes[byte + 1]! << 16) | (bytes[byte + 2]! << 8) | bytes[byte + 3]!;
      }
      for (let t = 16; t < 64; t++) {
        const x = schedule[t - 15]!;
        const y = schedule[t - 2]!;
        const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        schedule[t] = (schedule[t - 16]! + s0 + schedule[t - 7]! + s1) | 0;
      }
      let a = words[0]!;
      let b = words[1]!;
      let c = words[2]!;
      let d = words[3]!;
      let e = words[4]!;
      let f = words[5]!;
      let g = words[6]!;
      let h = words[7]!;
      for (let t = 0; t < 64; t++) {
        const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const one = (h + s1 + ((e & f) ^ (~e & g)) + constants[t]! + schedule[t]!) | 0;
        const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g;
        g = f;
        f = e;
        e = (d + one) | 0;
        d = c;
        c = b;
        b = a;
        a = (one + two) | 0;
      }
      words[0] = words[0]! + a;
      words[1] = words[1]! + b;
      words[2] = words[2]! + c;
      words[3] = words[3]! + d;
      words[4] = words[4]! + e;
      words[5] = words[5]! + f;
      words[6] = words[6]! + g;
      words[7] = words[7]! + h;
    }
  };
}

/** Prime number `index`, counted from 0. */
function prime(index: number): number {
  const found: number[] = [];
  for (let n = 2; found.length <= index; n++) if (found.every((p) => n % p !== 0)) found.push(n);
  return found[index]!;
}

/** The first 32 bits of the fractional part of a root, from which the standard derives its constants. */
function fraction(number: number, power: number): number {
  const root = number ** power;
  return ((root - Math.floor(root)) * 2 ** 32) | 0;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.byteLength + b.byteLength);
  both.set(a);
  both.set(b, a.byteLength);
  return both;
}
