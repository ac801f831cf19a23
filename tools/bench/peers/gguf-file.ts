// Writes GGUF files whose tensors hold random numbers, for programs that read that format.

import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { randomGenerator } from '../../../src/engine/answer/random.ts';
import { toF16 } from '../../../src/format/float.ts';

export interface RandomTensor {
  name: string;
  /** The shape, with the slowest axis first; the file lists the fastest axis first. */
  shape: readonly number[];
  /** Vectors of 'ones' or 'zeros' are stored as F32. */
  type: keyof typeof TYPES | 'ones' | 'zeros';
}

export interface GgufKey {
  key: string;
  type: 'u32' | 'i32' | 'f32' | 'bool' | 'string';
  value: number | boolean | string | readonly (number | boolean | string)[];
}

/** The number of each type, the weights per block, and the bytes per block. */
const TYPES = {
  F32: { id: 0, block: 1, bytes: 4 },
  F16: { id: 1, block: 1, bytes: 2 },
  Q4_0: { id: 2, block: 32, bytes: 18 },
  Q8_0: { id: 8, block: 32, bytes: 34 },
} as const;
const VALUE_TYPES = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8 } as const;
const ARRAY = 9;
const ALIGNMENT = 32;
/** Random blocks repeat after this many blocks. */
const PERIOD = 32768;

/** Writes another file, and replaces `file` when that one is complete. */
export function writeRandomGguf(
  file: string,
  keys: readonly GgufKey[],
  tensors: readonly RandomTensor[],
): void {
  const out = openSync(`${file}.part`, 'w');
  const header = headerOf(keys, tensors);
  let at = header.length;
  writeSync(out, header);
  for (const tensor of tensors) {
    const padding = -at & (ALIGNMENT - 1);
    writeSync(out, Buffer.alloc(padding));
    at += padding;
    const pattern = patternOf(tensor.type);
    for (let left = bytesOf(tensor); left > 0;) {
      const count = Math.min(left, pattern.length);
      writeSync(out, pattern, 0, count);
      left -= count;
      at += count;
    }
  }
  closeSync(out);
  renameSync(`${file}.part`, file);
}

function headerOf(keys: readonly GgufKey[], tensors: readonly RandomTensor[]): Buffer {
  const parts: Buffer[] = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(keys.length)];
  for (const { key, type, value } of keys) {
    parts.push(text(key));
    if (Array.isArray(value)) {
      parts.push(u32(ARRAY), u32(VALUE_TYPES[type]), u64(value.length));
      for (const each of value as readonly (number | boolean | string)[]) parts.push(encoded(type, each));
    } else {
      parts.push(u32(VALUE_TYPES[type]), encoded(type, value as number | boolean | string));
    }
  }
  let offset = 0;
  for (const tensor of tensors) {
    const { name, shape, type } = tensor;
    parts.push(text(name), u32(shape.length), ...shape.toReversed().map(u64));
    parts.push(u32(TYPES[storedType(type)].id), u64(offset));
    offset += bytesOf(tensor);
    offset += -offset & (ALIGNMENT - 1);
  }
  const header = Buffer.concat(parts);
  return Buffer.concat([header, Buffer.alloc(-header.length & (ALIGNMENT - 1))]);
}

function storedType(type: RandomTensor['type']): keyof typeof TYPES {
  return type === 'ones' || type === 'zeros' ? 'F32' : type;
}

function bytesOf({ shape, type }: RandomTensor): number {
  const { block, bytes } = TYPES[storedType(type)];
  return (shape.reduce((product, each) => product * each, 1) / block) * bytes;
}

/** Random weights with a standard deviation of about 0.02. */
function patternOf(type: RandomTensor['type']): Buffer {
  const random = randomGenerator(11);
  const pattern = Buffer.alloc(PERIOD * TYPES[storedType(type)].bytes);
  const number = (): number => (random() + random() + random() - 1.5) * 0.04;
  for (let i = 0; i < PERIOD; i++) {
    if (type === 'ones') pattern.writeFloatLE(1, 4 * i);
    else if (type === 'F32') pattern.writeFloatLE(number(), 4 * i);
    else if (type === 'F16') pattern.writeUInt16LE(toF16(number()), 2 * i);
    else if (type === 'Q4_0' || type === 'Q8_0') {
      const { bytes } = TYPES[type];
      for (let k = 2; k < bytes; k++) pattern[i * bytes + k] = Math.floor(random() * 256);
      pattern.writeUInt16LE(toF16(type === 'Q4_0' ? 0.004 : 0.0003), i * bytes);
    }
  }
  return pattern;
}

function encoded(type: GgufKey['type'], value: number | boolean | string): Buffer {
  if (type === 'string') return text(String(value));
  if (type === 'bool') return Buffer.from([value === true ? 1 : 0]);
  if (type === 'u32' || type === 'i32') return u32(Number(value));
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(Number(value));
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
