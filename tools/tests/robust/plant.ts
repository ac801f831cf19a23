// Faults that a GPU or its driver could have. The test's worker simulates them on a real device.

export type Plant =
  /** Swaps the two nibbles of one byte in the device's copy of the weights that begin with these bytes. */
  | { kind: 'nibble'; weights: number[]; at: number }
  /** Multiplies, in the device's copy, the f32 numbers that begin with these bytes, so that later numbers overflow. */
  | { kind: 'overflow'; weights: number[]; factor: number }
  /** Makes shaders whose names contain this string output zeros. */
  | { kind: 'zeros'; shader: string };

/** Name of the channel on which the worker reports that the fault took place. */
export const PLANTED = 'planted';
