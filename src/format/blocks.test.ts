import { describe, expect, it } from 'vitest';
import { blocksPerRow, bytesPerBlock, dequantizeRows, quantizeRows, type BlockFormat } from './blocks.ts';
import { roundF16, toF16 } from './float.ts';

const INT4: BlockFormat = { bits: 4, block: 32 };
const INT8: BlockFormat = { bits: 8, block: 32 };

function quantize(values: Float32Array, columns: number, format: BlockFormat) {
  const blocks = (values.length / columns) * blocksPerRow(columns, format);
  const data = new Uint8Array(blocks * bytesPerBlock(format));
  const scales = new Uint16Array(blocks);
  const error = quantizeRows(values, columns, format, data, scales);
  return { data, scales, error, restored: dequantizeRows(data, scales, columns, format) };
}

/** Normal deviates from a fixed seed (mulberry32 and Box–Muller). */
function normal(count: number, seed: number): Float32Array {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

function squaredError(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + (value - b[index]!) ** 2, 0);
}

describe('quantizeRows', () => {
  it('stores −8 … 7 times a scale exactly, low nibble first, the extreme at level 0', () => {
    const values = Float32Array.from({ length: 32 }, (_, i) => ((i % 16) - 8) * 0.25);
    const { data, scales, error } = quantize(values, 32, INT4);
    expect(error).toBe(0);
    expect([...scales]).toEqual([toF16(0.25)]);
    expect([...data]).toEqual([
      0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe, 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe,
    ]);
  });

  it('negates the scale if the extreme is positive', () => {
    const values = Float32Array.from({ length: 32 }, (_, i) => (8 - (i % 16)) * 0.5);
    const { data, scales, error } = quantize(values, 32, INT4);
    expect(error).toBe(0);
    expect([...scales]).toEqual([toF16(-0.5)]);
    expect(data[0]).toBe(0x10);
  });

  it('stores −128 … 127 times a scale exactly in 8 bits', () => {
    const values = Float32Array.from({ length: 256 }, (_, i) => (i - 128) / 64);
    const { data, scales, error } = quantize(values, 256, { bits: 8, block: 256 });
    expect(error).toBe(0);
    expect([...scales]).toEqual([toF16(1 / 64)]);
    expect([...data]).toEqual(Array.from({ length: 256 }, (_, i) => i));
  });

  it('stores zeros as the zero point with scale 0', () => {
    const { data, scales, restored } = quantize(new Float32Array(32), 32, INT4);
    expect([...scales]).toEqual([0]);
    expect(new Set(data)).toEqual(new Set([0x88]));
    expect([...restored]).toEqual(Array.from({ length: 32 }, () => 0));
  });

  it('pads a last block that columns do not fill with the zero point, row by row', () => {
    const values = normal(2 * 40, 3);
    const { data, scales, restored } = quantize(values, 40, INT8);
    expect(scales.length).toBe(4);
    for (const row of [0, 1]) {
      expect(new Set(data.subarray(row * 64 + 40, row * 64 + 64))).toEqual(new Set([128]));
    }
    expect(restored.length).toBe(80);
    expect(Math.sqrt(squaredError(values, restored) / 80)).toBeLessThan(0.01);
  });

  it('reports the squared error of what it stored', () => {
    const values = normal(64 * 32, 1);
    const { restored, error } = quantize(values, 64, INT4);
    expect(error).toBeCloseTo(squaredError(values, restored), 6);
  });

  it('beats the plain scale, extreme / −8, by 3 % or more on normal weights', () => {
    const values = normal(32 * 4096, 7);
    let plain = 0;
    for (let start = 0; start < values.length; start += 32) {
      const x = values.subarray(start, start + 32);
      const extreme = x.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
      const scale = roundF16(extreme / -8);
      for (const value of x)
        plain += (value - Math.max(-8, Math.min(7, Math.round(value / scale))) * scale) ** 2;
    }
    expect(Math.sqrt(quantize(values, 32, INT4).error)).toBeLessThan(0.97 * Math.sqrt(plain));
  });

  it('never does worse than the plain scale by more than rounding, on any block', () => {
    const values = normal(32 * 512, 11).map((value) => value ** 3);
    for (let start = 0; start < values.length; start += 32) {
      const x = values.slice(start, start + 32);
      const extreme = x.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
      const scale = roundF16(extreme / -8);
      const plain = x.map((value) => Math.max(-8, Math.min(7, Math.round(value / scale))) * scale);
      expect(quantize(x, 32, INT4).error).toBeLessThanOrEqual(squaredError(x, plain) * 1.001);
    }
  });

  it('gives the same bytes every time', () => {
    const values = normal(32 * 64, 5);
    expect(quantize(values, 64, INT4)).toEqual(quantize(values, 64, INT4));
  });

  it('returns an error that is not finite if a block does not fit', () => {
    expect(Number.isFinite(quantize(new Float32Array(32).fill(1e6), 32, INT4).error)).toBe(false);
  });
});
