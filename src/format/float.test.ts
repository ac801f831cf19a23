import { describe, expect, it } from 'vitest';
import {
  decodeBF16,
  decodeF16,
  decodeF8,
  encodeBF16,
  encodeF16,
  F8_E4M3_VALUES,
  roundF16,
  toBF16,
  toF16,
} from './float.ts';

const ALL_16_BITS = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

describe('F16', () => {
  it('returns every finite and infinite bit pattern unchanged', () => {
    const bits = ALL_16_BITS.filter((pattern) => (pattern & 0x7c00) !== 0x7c00 || (pattern & 0x3ff) === 0);
    expect(encodeF16(decodeF16(bits))).toEqual(bits);
  });

  it('knows the values of the standard', () => {
    expect([...decodeF16(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x3555))]).toEqual([
      1,
      -2,
      65504,
      2 ** -14,
      2 ** -24,
      0.333251953125,
    ]);
    expect(decodeF16(Uint16Array.of(0x7e00))[0]).toBeNaN();
  });

  it('rounds every midpoint between neighbours to the even one, and past it to the nearer', () => {
    const values = decodeF16(ALL_16_BITS);
    for (let bits = 0; bits < 0x7bff; bits++) {
      const middle = (values[bits]! + values[bits + 1]!) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      const above = Math.fround(middle * (1 + 2 ** -22));
      if (toF16(middle) !== even || toF16(-middle) !== (even | 0x8000) || toF16(above) !== bits + 1) {
        expect.fail(`midpoint above ${bits.toString(16)} rounds to ${toF16(middle).toString(16)}`);
      }
    }
  });

  it('overflows to infinity halfway beyond the largest value, keeps NaN and signed zero', () => {
    expect([65504, 65519.99, 65520, -1e30].map(roundF16)).toEqual([65504, 65504, Infinity, -Infinity]);
    expect(roundF16(NaN)).toBeNaN();
    expect(toF16(-0)).toBe(0x8000);
    expect(toF16(2 ** -26)).toBe(0);
  });
});

describe('BF16', () => {
  it('returns every bit pattern except NaN unchanged', () => {
    const bits = ALL_16_BITS.filter((pattern) => (pattern & 0x7fff) <= 0x7f80);
    expect(encodeBF16(decodeBF16(bits))).toEqual(bits);
    expect(Uint16Array.from(decodeBF16(bits), toBF16)).toEqual(bits);
  });

  it('rounds to nearest even and keeps NaN', () => {
    // 1 + 2⁻⁸ lies between 1 and 1 + 2⁻⁷; 1 + 3·2⁻⁸ between 1 + 2⁻⁷ and 1 + 2⁻⁶.
    const bits = encodeBF16(Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, NaN));
    expect([...bits.subarray(0, 3)]).toEqual([0x3f80, 0x3f82, 0x3f81]);
    expect(decodeBF16(bits)[3]).toBeNaN();
  });
});

describe('F8_E4M3', () => {
  it('has the values of the fn variant: no infinities, 448 at the top', () => {
    expect([...decodeF8(Uint8Array.of(0x38, 0xb8, 0x7e, 0x08, 0x01, 0x07, 0x39))]).toEqual([
      1,
      -1,
      448,
      2 ** -6,
      2 ** -9,
      7 * 2 ** -9,
      1.125,
    ]);
    expect(
      [...F8_E4M3_VALUES].map((value, bits) => (Number.isNaN(value) ? bits : -1)).filter((b) => b >= 0),
    ).toEqual([0x7f, 0xff]);
  });

  it('grows with its bit pattern', () => {
    for (let bits = 1; bits < 0x7f; bits++)
      expect(F8_E4M3_VALUES[bits]).toBeGreaterThan(F8_E4M3_VALUES[bits - 1]!);
  });
});
