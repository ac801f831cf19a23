// Reads the primitives of a GGUF header from the first bytes of a file. Every length is checked against the file before
// anything is allocated. Numbers are little-endian.

import { fail } from '../../failure.ts';

/**
 * Thrown if the given bytes end inside the header. The parser must then be called again with at least `bytes` bytes.
 */
export class HeaderGoesOn extends Error {
  readonly bytes: number;

  constructor(bytes: number) {
    super('the header goes on');
    this.bytes = bytes;
  }
}

/** A limit far above every published model, whose headers have 6 MB. */
export const MAX_HEADER_BYTES = 64 * 1024 * 1024;

// A byte order mark counts as a character, because tokens may contain it.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class Cursor {
  readonly file: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #fileBytes: number;
  at = 0;

  /** `bytes`: the beginning of `file`, which has `fileBytes` bytes. */
  constructor(bytes: Uint8Array, fileBytes: number, file: string) {
    this.file = file;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fileBytes = fileBytes;
  }

  /** Fails with 'bad-checkpoint'. `what` names the part of the header: a key or a tensor. */
  fail(what: string, problem: string): never {
    fail('bad-checkpoint', `${this.file}: ${what} ${problem}.`);
  }

  /** Skips `length` bytes, which must lie in the file. Returns the place where they begin. */
  skip(length: number, what: string): number {
    const start = this.at;
    const end = start + length;
    if (end > this.#fileBytes) this.fail(what, `reaches beyond the end of the file; the file is truncated`);
    if (end > MAX_HEADER_BYTES) this.fail(what, `makes the header larger than ${MAX_HEADER_BYTES} bytes`);
    if (end > this.#bytes.byteLength) throw new HeaderGoesOn(end);
    this.at = end;
    return start;
  }

  /**
   * Requires that `count` elements of at least `size` bytes each can follow, within the file and the limit of a header.
   */
  requireSpace(count: number, size: number, what: string): void {
    const least = this.at + count * size;
    if (least > this.#fileBytes) this.fail(what, `promises ${count} elements, more than the file can hold`);
    if (least > MAX_HEADER_BYTES) this.fail(what, `makes the header larger than ${MAX_HEADER_BYTES} bytes`);
  }

  u8(what: string): number {
    return this.#view.getUint8(this.skip(1, what));
  }

  u32(what: string): number {
    return this.#view.getUint32(this.skip(4, what), true);
  }

  /** Reads a u64 as a number. Above 2^53 the result is not exact, and no longer a safe integer. */
  u64(what: string): number {
    const start = this.skip(8, what);
    return this.#view.getUint32(start, true) + this.#view.getUint32(start + 4, true) * 2 ** 32;
  }

  /** Reads a u64 that may be at most `most`. */
  count(what: string, most: number): number {
    const value = this.u64(what);
    if (value > most) this.fail(what, `is ${value}; at most ${most} is read`);
    return value;
  }

  /** Reads a number of one of the value types 0 to 6 and 10 to 12. */
  number(type: number, what: string): number {
    const view = this.#view;
    switch (type) {
      case 0:
        return this.u8(what);
      case 1:
        return view.getInt8(this.skip(1, what));
      case 2:
        return view.getUint16(this.skip(2, what), true);
      case 3:
        return view.getInt16(this.skip(2, what), true);
      case 4:
        return this.u32(what);
      case 5:
        return view.getInt32(this.skip(4, what), true);
      case 6:
        return view.getFloat32(this.skip(4, what), true);
      case 10:
        return this.u64(what);
      case 11:
        return Number(view.getBigInt64(this.skip(8, what), true));
      case 12:
        return view.getFloat64(this.skip(8, what), true);
      default:
        return this.fail(what, `has the value type ${type}, which is unknown`);
    }
  }

  /** Reads a string of at most `most` bytes. */
  string(what: string, most: number): string {
    const length = this.u64(what);
    if (length > most) this.fail(what, `has a string of ${length} bytes; at most ${most} are read`);
    const start = this.skip(length, what);
    try {
      return UTF8.decode(this.#bytes.subarray(start, start + length));
    } catch {
      return this.fail(what, 'has a string that is not valid UTF-8');
    }
  }
}
