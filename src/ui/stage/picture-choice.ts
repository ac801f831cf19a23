// Decides on which picture a mark lies if the model saw several. An answer may name no picture, count from 0 or from 1,
// or name a picture that does not exist. The user decides the unclear cases.

import type { NamedPicture } from '../answer/marks.ts';

/**
 * Returns, for each name, the picture that it means; null if that is unclear. `seen`: all pictures in the order in
 * which the model saw them; `own`: the pictures of the question itself.
 */
export function chosenPictures<P>(
  names: readonly (NamedPicture | null)[],
  seen: readonly P[],
  own: readonly P[],
): (P | null)[] {
  const only = single(seen);
  if (only !== undefined) return names.map(() => only);
  const from = countsFrom(names, seen.length);
  return names.map((name) => {
    if (name === null) return single(own) ?? null;
    const first = name.from ?? from;
    return first === null ? null : (seen[name.number - first] ?? null);
  });
}

/**
 * Decides from the bare numbers of an answer which number the answer gives to the first picture. It is 0 if one of the
 * numbers is 0. Otherwise it is null if one of them is outside of 1 … `count`, and 1 if one of them equals `count`. In
 * all other cases it is 0, as in training (QWEN3VL.md, the zoom tool).
 */
function countsFrom(names: readonly (NamedPicture | null)[], count: number): 0 | 1 | null {
  const numbers = names.flatMap((name) => (name?.from === null ? [name.number] : []));
  if (numbers.includes(0)) return 0;
  if (!numbers.every((number) => number >= 1 && number <= count)) return null;
  return numbers.includes(count) ? 1 : 0;
}

/** The element of a list that contains only that element, even several times; otherwise undefined. */
function single<P>(list: readonly P[]): P | undefined {
  return new Set(list).size === 1 ? list[0] : undefined;
}
