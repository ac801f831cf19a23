// For tests: writes GGUF files, including wrong ones.

import { ggufRowBytes, type GgufType } from '../../../src/format/gguf/types.ts';

/** The numbers that ggml gives to the types. */
const TYPE_NUMBERS: Partial<Record<GgufType, number>> = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q8_0: 8,
  Q4_K: 12,
  BF16: 30,
};

export type KeyValue =
  | { u16: number }
  | { u32: number }
  | { i32: number }
  | { f32: number }
  | { bool: boolean }
  | { string: string }
  | { strings: string[] }
  | { i32s: number[] }
  | { f32s: number[] }
  | { bools: boolean[] };

export interface TensorToWrite {
  dtype: GgufType;
  /** In row-major order. */
  shape: readonly number[];
  data: Uint8Array;
}

const ALIGNMENT = 32;

/** A valid file of version 3. */
export function ggufFile(
  keys: Record<string, KeyValue>,
  tensors: Record<string, TensorToWrite>,
): Uint8Array<ArrayBuffer> {
  const all = Object.entries(tensors);
  const out = new Bytes();
  out.raw('GGUF').u32(3).u64(all.length).u64(Object.keys(keys).length);
  for (const [key, value] of Object.entries(keys)) out.string(key).value(value);
  let offset = 0;
  for (const [name, { dtype, shape, data }] of all) {
    out.string(name).u32(shape.length);
    for (const axis of [...shape].reverse()) out.u64(axis);
    out.u32(TYPE_NUMBERS[dtype] ?? 0).u64(offset);
    const columns = shape.at(-1) ?? 1;
    const rows = shape.reduce((product, axis) => product * axis, 1) / columns;
    if (data.length !== rows * ggufRowBytes(dtype, columns)) throw new Error(`${name} has a wrong length.`);
    offset += Math.ceil(data.length / ALIGNMENT) * ALIGNMENT;
  }
  out.pad();
  for (const [, { data }] of all) out.bytes(data).pad();
  return out.joined();
}

/** Collects little-endian bytes in the order of the calls. */
export class Bytes {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  bytes(part: Uint8Array): this {
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }

  raw(text: string): this {
    return this.bytes(new TextEncoder().encode(text));
  }

  u8(value: number): this {
    return this.bytes(Uint8Array.of(value));
  }

  u32(value: number): this {
    return this.bytes(new Uint8Array(Uint32Array.of(value).buffer));
  }

  i32(value: number): this {
    return this.u32(value >>> 0);
  }

  f32(value: number): this {
    return this.bytes(new Uint8Array(Float32Array.of(value).buffer));
  }

  u64(value: number | bigint): this {
    return this.bytes(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }

  string(text: string): this {
    const part = new TextEncoder().encode(text);
    return this.u64(part.length).bytes(part);
  }

  value(value: KeyValue): this {
    if ('u16' in value) return this.u32(2).bytes(new Uint8Array(Uint16Array.of(value.u16).buffer));
    if ('u32' in value) return this.u32(4).u32(value.u32);
    if ('i32' in value) return this.u32(5).i32(value.i32);
    if ('f32' in value) return this.u32(6).f32(value.f32);
    if ('bool' in value) return this.u32(7).u8(value.bool ? 1 : 0);
    if ('string' in value) return this.u32(8).string(value.string);
    if ('strings' in value) {
      this.u32(9).u32(8).u64(value.strings.length);
      for (const text of value.strings) this.string(text);
    } else if ('i32s' in value) {
      this.u32(9).u32(5).u64(value.i32s.length);
      for (const number of value.i32s) this.i32(number);
    } else if ('f32s' in value) {
      this.u32(9).u32(6).u64(value.f32s.length);
      for (const number of value.f32s) this.f32(number);
    } else {
      this.u32(9).u32(7).u64(value.bools.length);
      for (const flag of value.bools) this.u8(flag ? 1 : 0);
    }
    return this;
  }

  pad(): this {
    return this.bytes(new Uint8Array((ALIGNMENT - (this.#length % ALIGNMENT)) % ALIGNMENT));
  }

  joined(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
}
