// Seeded random numbers: sfc32 (Chris Doty-Humphrey, PractRand), whose state is filled by splitmix32.

/** Uniform numbers in [0, 1) with 32 random bits; the same seed gives the same sequence. */
export function randomGenerator(seed: number): () => number {
  const fill = splitmix32(seed);
  let a = fill();
  let b = fill();
  let c = fill();
  let counter = 1;
  const next = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return (result >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 15; i++) next(); // so that the seed affects all of the state
  return next;
}

/** A random seed, for callers that choose none. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

function splitmix32(seed: number): () => number {
  // Seeds beyond 32 bits still differ: their high half is mixed in.
  let state = (seed ^ Math.imul(Math.trunc(seed / 2 ** 32), 0x9e3779b9)) | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}
