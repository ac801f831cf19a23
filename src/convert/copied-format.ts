// The types of GGUF blocks whose numbers a package can hold exactly, and the format of the package's blocks for them.

import type { BlockFormat } from '../format/blocks.ts';
import type { WeightType } from './matrix.ts';

/** The number of bits of a level in the package. All these blocks have 32 elements. */
const BITS = { Q8_0: 8, Q4_0: 4, Q5_0: 8, IQ4_NL: 8 } as const;
export type CopiedType = keyof typeof BITS;

/** The number of elements in a block of these types. */
export const COPIED_BLOCK = 32;

export function isCopiedType(type: WeightType): type is CopiedType {
  return Object.hasOwn(BITS, type);
}

/** Returns the format of the package's blocks that hold the same numbers as a type; undefined if no format does. */
export function copiedFormat(type: CopiedType): BlockFormat;
export function copiedFormat(type: WeightType): BlockFormat | undefined;
export function copiedFormat(type: WeightType): BlockFormat | undefined {
  return isCopiedType(type) ? { bits: BITS[type], block: COPIED_BLOCK } : undefined;
}
