// Compares the values of every block type with those of the reference package (gguf 0.19.0).

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeBF16, decodeF16 } from '../float.ts';
import { dequantizeGguf } from './dequantize.ts';
import { GGUF_BLOCKS, isGgufBlockType, type GgufType } from './types.ts';

interface Vector {
  n: number;
  hex: string;
  first8: number[];
  sha256_f32le: string;
}
type Vectors = Record<GgufType, { block: number; bytes: number; A: Vector; B?: Vector }>;

const { dequantisation } = JSON.parse(
  readFileSync('tools/reference/goldens/format-vectors.json', 'utf8'),
) as { dequantisation: Vectors };

function decode(type: GgufType, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  if (isGgufBlockType(type)) return dequantizeGguf(bytes, type);
  if (type === 'F32') return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  return type === 'F16' ? decodeF16(halves) : decodeBF16(halves);
}

describe('dequantizeGguf', () => {
  const types = Object.keys(dequantisation) as GgufType[];

  it('has a vector for each type but F32', () => {
    expect([...types, 'F32'].sort()).toEqual(Object.keys(GGUF_BLOCKS).sort());
  });

  it.each(types)('gives the bits of the reference for %s', (type) => {
    const { block, bytes, A, B } = dequantisation[type];
    expect(GGUF_BLOCKS[type]).toEqual({ elements: block, bytes });
    for (const vector of B ? [A, B] : [A]) {
      const values = decode(type, Uint8Array.from(Buffer.from(vector.hex, 'hex')));
      expect(values).toHaveLength(vector.n);
      for (const [i, value] of vector.first8.entries()) expect(values[i]).toBeCloseTo(value, 5);
      const sha256 = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
      expect(sha256).toBe(vector.sha256_f32le);
    }
  });
});
