// On which picture a mark lies, when the model saw several. An answer may name no picture, count from 0 or from 1, or
// name one that does not exist; what stays unclear is left to the person.

import type { NamedPicture } from '../answer/marks.ts';

/**
 * For each name, the picture that is meant; null if it is unclear. `seen`: all pictures in the order in which the model
 * saw them; `own`: those that came with the question itself.
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
 * Where the bare numbers of an answer count from: 0 if one of them is 0; 1 if the last picture is reached only by
 * counting from 1; else 0, as the models are trained (QWEN3VL.md, the zoom tool); null if neither reaches them.
 */
function countsFrom(names: readonly (NamedPicture | null)[], count: number): 0 | 1 | null {
  const numbers = names.flatMap((name) => (name?.from === null ? [name.number] : []));
  if (numbers.includes(0)) return 0;
  if (!numbers.every((number) => number >= 1 && number <= count)) return null;
  return numbers.includes(count) ? 1 : 0;
}

/** The only one of a list that may name it more than once. */
function single<P>(list: readonly P[]): P | undefined {
  return new Set(list).size === 1 ? list[0] : undefined;
}
