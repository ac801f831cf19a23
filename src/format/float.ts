// Converts the storage types of weights to f32 and back, element by element, with IEEE 754's rounding to nearest even.
// Arrays are little-endian, as in safetensors files and on every machine that runs a browser.

const f32 = new Float32Array(1);
const f32Bits = new Uint32Array(f32.buffer);

/** All 65536 F16 values as f32, indexed by bit pattern (sign 1, exponent 5 with bias 15, mantissa 10). */
export const F16_VALUES: Float32Array = Float32Array.from({ length: 65536 }, (_, bits) => {
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return mantissa ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25));
});

/**
 * All 256 F8_E4M3 values as f32, indexed by bit pattern. This is the "fn" variant: exponent 4 with bias 7, mantissa 3,
 * no infinities, 0x7f and 0xff are NaN, and the largest value is 448.
 */
export const F8_E4M3_VALUES: Float32Array = Float32Array.from({ length: 256 }, (_, bits) => {
  const exponent = (bits >> 3) & 15;
  const mantissa = bits & 7;
  const sign = bits & 0x80 ? -1 : 1;
  if (exponent === 15 && mantissa === 7) return NaN;
  return sign * (exponent === 0 ? mantissa * 2 ** -9 : (8 + mantissa) * 2 ** (exponent - 10));
});

/** Bits of the F16 nearest to x, ties to even. Values beyond 65519.996 become infinite. */
export function toF16(x: number): number {
  f32[0] = x;
  const bits = f32Bits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below 2⁻¹⁴, neighbouring F16 values lie 2⁻²⁴ apart, like f32 values in [½, 1). Adding ½ therefore rounds to a
    // multiple of 2⁻²⁴, ties to even. The low mantissa bits then count the multiples, and that count is the F16's bit
    // pattern.
    f32[0] = Math.abs(x) + 0.5;
    return sign | (f32Bits[0]! - 0x3f000000);
  }
  // Rounding up may carry from the mantissa into the exponent, which gives the correct result.
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

/** x rounded to the nearest F16. */
export function roundF16(x: number): number {
  return F16_VALUES[toF16(x)]!;
}

/** Bits of the BF16 nearest to x, ties to even. */
export function toBF16(x: number): number {
  f32[0] = x;
  const bits = f32Bits[0]!;
  if ((bits & 0x7fffffff) > 0x7f800000) return ((bits >>> 16) | 0x40) & 0xffff;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** Decodes F16 bit patterns to f32, into `into` if it is given. */
export function decodeF16(bits: Uint16Array, into = new Float32Array(bits.length)): Float32Array {
  for (let i = 0; i < bits.length; i++) into[i] = F16_VALUES[bits[i]!]!;
  return into;
}

/** Decodes BF16 bit patterns to f32: they are the upper half of the f32's bits. */
export function decodeBF16(bits: Uint16Array, into = new Float32Array(bits.length)): Float32Array {
  const words = new Uint32Array(into.buffer, into.byteOffset, bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return into;
}

/** Decodes F8_E4M3 bit patterns to f32, before any block scale is applied. */
export function decodeF8(bits: Uint8Array, into = new Float32Array(bits.length)): Float32Array {
  for (let i = 0; i < bits.length; i++) into[i] = F8_E4M3_VALUES[bits[i]!]!;
  return into;
}

/** Encodes f32 as F16 bit patterns, rounded to nearest even. */
export function encodeF16(values: Float32Array, into = new Uint16Array(values.length)): Uint16Array {
  for (let i = 0; i < values.length; i++) into[i] = toF16(values[i]!);
  return into;
}

/** Encodes f32 as BF16 bit patterns, rounded to nearest even. */
export function encodeBF16(values: Float32Array, into = new Uint16Array(values.length)): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < words.length; i++) {
    const bits = words[i]!;
    into[i] =
      (bits & 0x7fffffff) > 0x7f800000 ? (bits >>> 16) | 0x40 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  }
  return into;
}
