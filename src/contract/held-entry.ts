// The entries that the weights worker hands to the inference worker because storage refused them.

/**
 * An entry of the model store: a key and its value. Files are Blobs, which another thread receives without a
 * copy.
 */
export type HeldEntry = [key: [kind: string, ...rest: (string | number)[]], value: unknown];
