// Compares copied blocks with the bytes and scales that the reference conversion wrote (tools/reference/goldens).

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dequantizeRows } from '../format/blocks.ts';
import { dequantizeGguf } from '../format/gguf/dequantize.ts';
import { copiedFormat } from './copied-format.ts';
import { copyBlocks } from './copy-blocks.ts';

const TYPES = ['Q8_0', 'Q4_0', 'Q5_0', 'IQ4_NL'] as const;
const vectors = JSON.parse(readFileSync('tools/reference/goldens/format-vectors.json', 'utf8')) as {
  dequantisation: Record<string, Record<'A' | 'B', { hex: string }>>;
  conversion: Record<string, { B: string; scales: string }>;
};

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex, 'hex'));

describe('copyBlocks', () => {
  it.each(TYPES)('of %s gives the expected levels and scales', (type) => {
    const blocks = copyBlocks(bytesOf(vectors.dequantisation[type]!.A.hex), type, 2)!;
    const expected = vectors.conversion[`${type}.A`]!;
    expect(Buffer.from(blocks.data).toString('hex')).toBe(expected.B);
    expect(blocks.scales).toEqual(new Uint16Array(bytesOf(expected.scales).buffer));
  });

  it.each(TYPES)('of %s gives the same numbers, bit for bit', (type) => {
    for (const vector of ['A', 'B'] as const) {
      const bytes = bytesOf(vectors.dequantisation[type]![vector].hex);
      const { data, scales } = copyBlocks(bytes, type, 1)!;
      expect(dequantizeRows(data, scales, 64, copiedFormat(type))).toEqual(dequantizeGguf(bytes, type));
    }
  });

  it('refuses a scale that is not a finite number', () => {
    const block = new Uint8Array(34);
    block[1] = 0x7c;
    expect(copyBlocks(block, 'Q8_0', 1)).toBeUndefined();
  });
});
