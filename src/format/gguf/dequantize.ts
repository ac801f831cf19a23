// Decodes blocks of GGUF types to f32, bit for bit like ggml's reference: each product and each difference is rounded
// to f32, in ggml's order. In the comments, b[n] is byte n of a block, and i counts the elements of a block.

import { F16_VALUES } from '../float.ts';
import { GGUF_BLOCKS, type GgufBlockType } from './types.ts';

const f32 = Math.fround;

/** The value of each level in IQ4_NL and IQ4_XS. */
export const IQ4_LEVELS = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
/** Twice the value of each FP4 number in MXFP4 and NVFP4. The reference has no −0 here. */
export const FP4_DOUBLED = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

/** Decodes `blocks`, which are whole blocks, into `into` if it is given. */
export function dequantizeGguf(
  blocks: Uint8Array,
  type: GgufBlockType,
  into = new Float32Array((blocks.length / GGUF_BLOCKS[type].bytes) * GGUF_BLOCKS[type].elements),
): Float32Array {
  const { bytes, elements } = GGUF_BLOCKS[type];
  const decode = DECODERS[type];
  for (let at = 0, to = 0; at < blocks.length; at += bytes, to += elements) decode(blocks, at, into, to);
  return into;
}

/** Writes the elements of the block at byte `at` of `b` into `w`, from index `to` on. */
type DecodeBlock = (b: Uint8Array, at: number, w: Float32Array, to: number) => void;

const half = (b: Uint8Array, at: number): number => F16_VALUES[b[at]! | (b[at + 1]! << 8)]!;

/** Level i of 32 levels in 16 bytes: the low nibbles come first, then the high ones. */
const nibble = (b: Uint8Array, at: number, i: number): number =>
  i < 16 ? b[at + i]! & 15 : b[at + i - 16]! >> 4;

/** Bit 4 of level i of 32 levels, which is bit i of the u32 at `at`. */
const fifthBit = (b: Uint8Array, at: number, i: number): number => ((b[at + (i >> 3)]! >> (i & 7)) & 1) << 4;

/** The 6-bit scale (`offset` 0) or minimum (`offset` 4) of group j of 8 groups in 12 bytes, for Q4_K and Q5_K. */
function sixBits(b: Uint8Array, at: number, j: number, offset: 0 | 4): number {
  if (j < 4) return b[at + j + offset]! & 63;
  const low = offset === 0 ? b[at + j + 4]! & 15 : b[at + j + 4]! >> 4;
  return low | ((b[at + j - 4 + offset]! >> 6) << 4);
}

/** The two bits of element i of 256 elements in 64 bytes, for Q2_K and Q3_K. */
const twoBits = (b: Uint8Array, at: number, i: number): number =>
  (b[at + 32 * (i >> 7) + (i & 31)]! >> (2 * ((i >> 5) & 3))) & 3;

/**
 * Decodes blocks of 256 elements with a 6-bit scale and minimum for each group of 32: Q4_K, and Q5_K, which has a fifth
 * bit.
 */
function decodeWithMinimums(qhAt: number | undefined, qAt: number): DecodeBlock {
  return (b, at, w, to) => {
    const [d, dmin] = [half(b, at), half(b, at + 2)];
    for (let j = 0; j < 8; j++) {
      const scale = f32(d * sixBits(b, at + 4, j, 0));
      const minimum = f32(dmin * sixBits(b, at + 4, j, 4));
      for (let l = 0; l < 32; l++) {
        const low = (b[at + qAt + 32 * (j >> 1) + l]! >> (4 * (j & 1))) & 15;
        const level = qhAt === undefined ? low : low | (((b[at + qhAt + l]! >> j) & 1) << 4);
        w[to + 32 * j + l] = f32(scale * level) - minimum;
      }
    }
  };
}

/** Decodes an unsigned number with 4 bits of exponent and 3 of mantissa; 0 and 127 are 0. */
function ue4m3(x: number): number {
  if (x === 0 || x === 127) return 0;
  const [exponent, mantissa] = [x >> 3, x & 7];
  return exponent === 0 ? mantissa * 2 ** -9 : (1 + mantissa / 8) * 2 ** (exponent - 7);
}

const DECODERS: Record<GgufBlockType, DecodeBlock> = {
  Q8_0: (b, at, w, to) => {
    const d = half(b, at);
    for (let i = 0; i < 32; i++) w[to + i] = d * ((b[at + 2 + i]! << 24) >> 24);
  },
  Q4_0: (b, at, w, to) => {
    const d = half(b, at);
    for (let i = 0; i < 32; i++) w[to + i] = d * (nibble(b, at + 2, i) - 8);
  },
  Q4_1: (b, at, w, to) => {
    const [d, m] = [half(b, at), half(b, at + 2)];
    for (let i = 0; i < 32; i++) w[to + i] = f32(d * nibble(b, at + 4, i)) + m;
  },
  Q5_0: (b, at, w, to) => {
    const d = half(b, at);
    for (let i = 0; i < 32; i++) w[to + i] = d * ((nibble(b, at + 6, i) | fifthBit(b, at + 2, i)) - 16);
  },
  Q5_1: (b, at, w, to) => {
    const [d, m] = [half(b, at), half(b, at + 2)];
    for (let i = 0; i < 32; i++) {
      w[to + i] = f32(d * (nibble(b, at + 8, i) | fifthBit(b, at + 4, i))) + m;
    }
  },
  IQ4_NL: (b, at, w, to) => {
    const d = half(b, at);
    for (let i = 0; i < 32; i++) w[to + i] = d * IQ4_LEVELS[nibble(b, at + 2, i)]!;
  },
  MXFP4: (b, at, w, to) => {
    const d = 2 ** (b[at]! - 128);
    for (let i = 0; i < 32; i++) w[to + i] = d * FP4_DOUBLED[nibble(b, at + 1, i)]!;
  },
  // There are four UE4M3 scales, each for 16 elements: 8 low nibbles, then 8 high ones.
  NVFP4: (b, at, w, to) => {
    for (let i = 0; i < 64; i++) {
      const [t, k] = [i >> 4, i & 15];
      const level = (b[at + 4 + 8 * t + (k & 7)]! >> (4 * (k >> 3))) & 15;
      w[to + i] = 0.5 * ue4m3(b[at + t]!) * FP4_DOUBLED[level]!;
    }
  },
  // b[0…15]: a scale in the low nibble and a minimum in the high one, for each group of 16.
  Q2_K: (b, at, w, to) => {
    const [d, dmin] = [half(b, at + 80), half(b, at + 82)];
    for (let i = 0; i < 256; i++) {
      const group = b[at + (i >> 4)]!;
      w[to + i] = f32(f32(d * (group & 15)) * twoBits(b, at + 16, i)) - f32(dmin * (group >> 4));
    }
  },
  // b[0…31]: the third bit of each level; b[96…107]: 16 scales of 6 bits.
  Q3_K: (b, at, w, to) => {
    const d = half(b, at + 108);
    for (let g = 0; g < 16; g++) {
      const low = (b[at + 96 + (g & 7)]! >> (4 * (g >> 3))) & 15;
      const high = (b[at + 104 + (g & 3)]! >> (2 * (g >> 2))) & 3;
      const scale = f32(d * ((low | (high << 4)) - 32));
      for (let i = 16 * g; i < 16 * (g + 1); i++) {
        const third = (b[at + (i & 31)]! >> (i >> 5)) & 1;
        w[to + i] = scale * (twoBits(b, at + 32, i) - (third ? 0 : 4));
      }
    }
  },
  Q4_K: decodeWithMinimums(undefined, 16),
  Q5_K: decodeWithMinimums(16, 48),
  // b[0…127]: four low bits, b[128…191]: two high bits, b[192…207]: a scale for each group of 16.
  Q6_K: (b, at, w, to) => {
    const d = half(b, at + 208);
    for (let g = 0; g < 16; g++) {
      const scale = f32(d * ((b[at + 192 + g]! << 24) >> 24));
      for (let i = 16 * g; i < 16 * (g + 1); i++) {
        const [n, r, l] = [i >> 7, (i >> 5) & 3, i & 31];
        const low = (b[at + 64 * n + 32 * (r & 1) + l]! >> (4 * (r >> 1))) & 15;
        const high = (b[at + 128 + 32 * n + l]! >> (2 * r)) & 3;
        w[to + i] = scale * ((low | (high << 4)) - 32);
      }
    }
  },
  // b[2…7]: a scale of 6 bits for each group of 32.
  IQ4_XS: (b, at, w, to) => {
    const d = half(b, at);
    const highs = b[at + 2]! | (b[at + 3]! << 8);
    for (let j = 0; j < 8; j++) {
      const low = (b[at + 4 + (j >> 1)]! >> (4 * (j & 1))) & 15;
      const scale = f32(d * ((low | (((highs >> (2 * j)) & 3) << 4)) - 32));
      for (let l = 0; l < 32; l++) w[to + 32 * j + l] = scale * IQ4_LEVELS[nibble(b, at + 8 + 16 * j, l)]!;
    }
  },
};
