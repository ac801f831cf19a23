// What the weights worker hands to the inference worker if storage refused it.

/**
 * An entry of the model store: a key and its value. Files are Blobs, which another thread receives without a
 * copy.
 */
export type HeldEntry = [key: [kind: string, ...rest: (string | number)[]], value: unknown];
