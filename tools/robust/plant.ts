// Faults that a GPU or its driver could have, for the test's worker to bring about on a real device.

export type Plant =
  /** Swaps the halves of one byte in the device's copy of the weights that begin with these bytes. */
  | { kind: 'nibble'; weights: number[]; at: number }
  /** Multiplies the device's copy of the f32 numbers that begin with these bytes: what follows overflows. */
  | { kind: 'overflow'; weights: number[]; factor: number }
  /** Shaders whose name contains this give zeros. */
  | { kind: 'zeros'; shader: string };

/** As what the worker tells whether the fault took place. */
export const PLANTED = 'planted';
