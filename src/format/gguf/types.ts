// The element types of GGUF files, by their number in the file, with the elements and bytes of a block. A row consists
// of whole blocks, one after the other.

/** The types whose values this app can read. */
export const GGUF_BLOCKS = {
  F32: { elements: 1, bytes: 4 },
  F16: { elements: 1, bytes: 2 },
  BF16: { elements: 1, bytes: 2 },
  Q8_0: { elements: 32, bytes: 34 },
  Q4_0: { elements: 32, bytes: 18 },
  Q4_1: { elements: 32, bytes: 20 },
  Q5_0: { elements: 32, bytes: 22 },
  Q5_1: { elements: 32, bytes: 24 },
  IQ4_NL: { elements: 32, bytes: 18 },
  MXFP4: { elements: 32, bytes: 17 },
  NVFP4: { elements: 64, bytes: 36 },
  Q2_K: { elements: 256, bytes: 84 },
  Q3_K: { elements: 256, bytes: 110 },
  Q4_K: { elements: 256, bytes: 144 },
  Q5_K: { elements: 256, bytes: 176 },
  Q6_K: { elements: 256, bytes: 210 },
  IQ4_XS: { elements: 256, bytes: 136 },
} as const;
export type GgufType = keyof typeof GGUF_BLOCKS;

/** The types that are not plain numbers but blocks with scales. */
export type GgufBlockType = Exclude<GgufType, 'F32' | 'F16' | 'BF16'>;

const TYPE_NUMBERS: Readonly<Record<number, GgufType>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  6: 'Q5_0',
  7: 'Q5_1',
  8: 'Q8_0',
  10: 'Q2_K',
  11: 'Q3_K',
  12: 'Q4_K',
  13: 'Q5_K',
  14: 'Q6_K',
  20: 'IQ4_NL',
  23: 'IQ4_XS',
  30: 'BF16',
  39: 'MXFP4',
  40: 'NVFP4',
};

/** The types that this app knows only by name, so that the failure can name them. */
const REFUSED: Readonly<Record<number, string>> = {
  9: 'Q8_1',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  21: 'IQ3_S',
  22: 'IQ2_S',
  24: 'I8',
  25: 'I16',
  26: 'I32',
  27: 'I64',
  28: 'F64',
  29: 'IQ1_M',
  34: 'TQ1_0',
  35: 'TQ2_0',
  41: 'Q1_0',
  42: 'Q2_0',
};

/** The type with this number; undefined if this app cannot read its values. */
export function ggufType(number: number): GgufType | undefined {
  return TYPE_NUMBERS[number];
}

/** The name that a failure gives to a type that this app cannot read. */
export function refusedType(number: number): string {
  const name = REFUSED[number];
  return name === undefined ? `number ${number}, which is unknown` : `${name}, which cannot be read`;
}

export function isGgufBlockType(type: string): type is GgufBlockType {
  return Object.hasOwn(GGUF_BLOCKS, type) && type !== 'F32' && type !== 'F16' && type !== 'BF16';
}

/** The bytes of a row. `columns` must be a multiple of the type's block. */
export function ggufRowBytes(type: GgufType, columns: number): number {
  const { elements, bytes } = GGUF_BLOCKS[type];
  return (columns / elements) * bytes;
}
