// A cursor over parsed JSON that knows its path, so that every failure names the field.

import { fail, type FailureCode } from '../failure.ts';

export class Field {
  readonly value: unknown;
  /** The path in the form that a person would write: `manifest.json: tensors["x"].bytes`. */
  readonly path: string;
  readonly #code: FailureCode;

  constructor(value: unknown, path: string, code: FailureCode) {
    this.value = value;
    this.path = path;
    this.#code = code;
  }

  fail(problem: string): never {
    // The root's path ends with the separator that precedes its members.
    fail(this.#code, `${this.path.replace(/[\s:]+$/, '')}: ${problem}.`);
  }

  /** A member of an object; fails when it is absent. */
  at(key: string): Field {
    const field = this.optional(key);
    return field ?? this.#child(key, undefined).fail('is missing');
  }

  /** A member of an object, or undefined when it is absent or null. */
  optional(key: string): Field | undefined {
    const record = this.#record();
    const value = Object.hasOwn(record, key) ? record[key] : undefined;
    return value === undefined || value === null ? undefined : this.#child(key, value);
  }

  /** The members of an object, in the order in which they are written. */
  members(): [key: string, field: Field][] {
    return Object.entries(this.#record()).map(([key, value]) => [key, this.#child(key, value)]);
  }

  /**
   * Returns the members of an object that contains only integers from 0 on. For large objects, this takes far less
   * memory than `members`.
   */
  integers(): number[] {
    const values = Object.values(this.#record());
    const isInteger = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
    if (values.every(isInteger)) return values;
    return this.members().map(([, field]) => field.integer());
  }

  /** The items of an array. If `length` is given, there must be exactly that many. */
  items(length?: number): Field[] {
    const value = this.value;
    if (!Array.isArray(value)) this.fail('must be an array');
    const items: unknown[] = value;
    if (length !== undefined && items.length !== length) {
      this.fail(`must have ${length} items, not ${items.length}`);
    }
    return items.map((item, index) => new Field(item, `${this.path}[${index}]`, this.#code));
  }

  /** The items of an array, each parsed by `parse`. */
  list<T>(parse: (item: Field) => T): T[] {
    return this.items().map(parse);
  }

  integer(least = 0, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.value;
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) this.fail('must be an integer');
    if (value < least || value > most) this.fail(`must lie in ${least}…${most}, not be ${value}`);
    return value;
  }

  number(): number {
    return typeof this.value === 'number' ? this.value : this.fail('must be a number');
  }

  string(): string {
    return typeof this.value === 'string' ? this.value : this.fail('must be a string');
  }

  boolean(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.fail('must be true or false');
  }

  /** The value, which must be one of `choices`. */
  oneOf<const T extends string | number>(choices: readonly T[]): T {
    const found = choices.find((choice) => choice === this.value);
    return found ?? this.fail(`must be one of ${choices.join(', ')}, not ${JSON.stringify(this.value)}`);
  }

  #record(): Record<string, unknown> {
    const value = this.value;
    if (!isRecord(value)) this.fail('must be an object');
    return value;
  }

  #child(key: string, value: unknown): Field {
    const plain = /^[A-Za-z_]\w*$/.test(key);
    const joint = this.path === '' || /[\s:]$/.test(this.path) ? '' : '.';
    return new Field(
      value,
      plain ? `${this.path}${joint}${key}` : `${this.path}[${JSON.stringify(key)}]`,
      this.#code,
    );
  }
}

/** Parses JSON text; a syntax error fails with `code` and names the file. */
export function parseJson(text: string, file: string, code: FailureCode): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (cause) {
    fail(code, `${file} is not valid JSON.`, cause);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
