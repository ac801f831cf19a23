// The operations of the kernels as data, and the lists of them that the kernels run. Each operation has the same fields
// as its class in assembly/, in the same order; a test compares the two.

/** Words of 32 bits that one operation takes. */
export const OPERATION_WORDS = 20;

/** An operation's number is its position in this list. */
export const FIELDS = {
  prepare: [
    ...['step', 'rows', 'columns', 'x', 'xStride', 'gain', 'bias', 'epsilon', 'y', 'yStride'],
    ...['bits', 'packed', 'packedStride', 'panels', 'own', 'order'],
  ],
  product: [
    ...['kind', 'block', 'weights', 'scales', 'outputs', 'columns', 'rows', 'x', 'xStride', 'own'],
    ...['panels', 'y', 'yStride', 'bias', 'add'],
  ],
  place: [
    ...['rows', 'heads', 'kvHeads', 'width', 'x', 'xStride', 'queryGain', 'keyGain', 'epsilon', 'cos'],
    ...['sin', 'table', 'keys', 'values', 'positions', 'isHalf', 'first'],
  ],
  attend: [
    ...['rows', 'heads', 'kvHeads', 'width', 'query', 'queryStride', 'y', 'yStride', 'scale', 'table'],
    ...['keys', 'values', 'headStride', 'positionStride', 'positions', 'isHalf', 'first'],
  ],
  rotate: ['rows', 'heads', 'width', 'x', 'xStride', 'cos', 'sin'],
  route: [
    ...['rows', 'experts', 'chosen', 'unit', 'logits', 'best', 'shares', 'starts', 'counts', 'order'],
    ...['weights', 'last'],
  ],
  gather: ['experts', 'columns', 'starts', 'counts', 'order', 'packed', 'packedStride', 'panels'],
  expertProduct: [
    ...['kind', 'block', 'table', 'weights', 'scales', 'outputs', 'columns', 'experts', 'starts', 'counts'],
    ...['order', 'x', 'xStride', 'own', 'panels', 'y', 'yStride'],
  ],
  combine: ['experts', 'columns', 'starts', 'counts', 'order', 'weights', 'x', 'xStride', 'y', 'yStride'],
  embed: [
    ...['rows', 'columns', 'kind', 'block', 'weights', 'scales', 'ids', 'featureRows', 'features', 'y'],
    ...['yStride'],
  ],
  addFeatures: ['rows', 'columns', 'featureRows', 'features', 'y', 'yStride'],
  addPositions: ['rows', 'columns', 'indices', 'weights', 'table', 'y', 'yStride'],
  best: ['count', 'chosen', 'logits', 'values', 'ids', 'sum'],
  read: ['from', 'count', 'to'],
  multiply: ['count', 'to'],
} as const satisfies Record<string, readonly string[]>;

export type OperationName = keyof typeof FIELDS;
/** Fields that are omitted are 0. */
export type OperationFields<Name extends OperationName> = Partial<
  Record<(typeof FIELDS)[Name][number], number>
>;

const NAMES = Object.keys(FIELDS);
/** The fields that are floats; all others are integers. */
const FLOATS: ReadonlySet<string> = new Set(['epsilon', 'scale']);

/** The computations that `prepare` can do before it packs rows. */
export const STEPS = {
  none: 0,
  rmsNorm: 1,
  layerNorm: 2,
  swigluHalves: 3,
  swigluPairs: 4,
  geluTanh: 5,
  geluErf: 6,
} as const;

/** The formats of stored weights; see assembly/unpack.ts. */
export const WEIGHT_KINDS = { F32: 0, F16: 1, BF16: 2, blocks4: 3, blocks8: 4 } as const;

/** A list of operations that the threads of a crew run together. */
export class Program {
  readonly #words: Int32Array[] = [];

  get length(): number {
    return this.#words.length;
  }

  /** Appends an operation, at whose end the threads wait for each other. */
  add<Name extends OperationName>(name: Name, fields: OperationFields<Name>): void {
    this.#append(name, fields, 1);
  }

  /** Appends an operation whose results no other thread reads before a later operation has ended. */
  addUnwaited<Name extends OperationName>(name: Name, fields: OperationFields<Name>): void {
    this.#append(name, fields, 0);
  }

  /** Writes the operations `from` to `to` − 1. */
  write(into: Int32Array, from: number, to: number): void {
    for (let at = from; at < to; at++) into.set(this.#words[at]!, (at - from) * OPERATION_WORDS);
  }

  #append(name: OperationName, fields: Readonly<Record<string, number | undefined>>, wait: number): void {
    const words = new Int32Array(OPERATION_WORDS);
    const floats = new Float32Array(words.buffer);
    words[0] = NAMES.indexOf(name);
    words[1] = wait;
    for (const [i, field] of FIELDS[name].entries()) {
      // Addresses above 2 GiB become negative integers with the same bits.
      if (FLOATS.has(field)) floats[i + 2] = fields[field] ?? 0;
      else words[i + 2] = (fields[field] ?? 0) | 0;
    }
    this.#words.push(words);
  }
}
