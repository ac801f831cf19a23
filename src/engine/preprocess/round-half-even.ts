// Rounds numbers in the same way as the reference.

/** Python's round(): exact halves go to the even neighbour. Math.round would send them up. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
