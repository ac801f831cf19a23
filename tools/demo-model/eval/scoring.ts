// Decides whether an answer is right, by the same rules as ../scoring.py; both are tested on the same cases.

type Box = [x1: number, y1: number, x2: number, y2: number];

export type Metric = 'exact' | 'boxes' | 'gauge';

/**
 * `scale` is the length of a gauge's scale, in its unit; readings may differ by 2 % of it. `overlap` is the minimum
 * intersection over union of a box and the true one.
 */
export function isRight(
  answer: string,
  expected: string,
  metric: Metric,
  scale: number,
  overlap = 0.5,
): boolean {
  if (metric === 'boxes') return sameBoxes(answer, expected, overlap);
  if (metric === 'gauge') return sameReading(answer, expected, scale);
  return answer.trim() === expected.trim();
}

const NUMBER = /-?\d+(?:\.\d+)?/g;

/** Whether two texts are equal except for their numbers, which must be close. */
function sameReading(answer: string, expected: string, scale: number): boolean {
  const words = (text: string): string => text.trim().replace(NUMBER, '#');
  if (words(answer) !== words(expected)) return false;
  const given = answer.match(NUMBER) ?? [];
  const wanted = expected.match(NUMBER) ?? [];
  // Slightly more than 2 %, because 0.02 is not exact in binary.
  return given.every((text, i) => Math.abs(Number(text) - Number(wanted[i])) <= 0.02 * scale + 1e-9);
}

/**
 * Whether the answer has the right boxes. It must have the right number of boxes. They are paired with the true ones by
 * largest overlap first; in each pair, the labels must be equal and the overlap at least `least`.
 */
function sameBoxes(answer: string, expected: string, least: number): boolean {
  const given = parseBoxes(answer);
  const wanted = parseBoxes(expected);
  if (wanted === undefined || given?.length !== wanted.length) return false;
  const pairs = given.flatMap((a, i) =>
    wanted.flatMap((b, j) => (a.label === b.label ? [{ i, j, overlap: iouOf(a.box, b.box) }] : [])),
  );
  pairs.sort((a, b) => b.overlap - a.overlap);
  const usedGiven = new Set<number>();
  const usedWanted = new Set<number>();
  for (const { i, j, overlap } of pairs) {
    if (overlap < least || usedGiven.has(i) || usedWanted.has(j)) continue;
    usedGiven.add(i);
    usedWanted.add(j);
  }
  return usedWanted.size === wanted.length;
}

function parseBoxes(text: string): { box: Box; label: string }[] | undefined {
  let items: unknown;
  try {
    items = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(items)) return undefined;
  const found: { box: Box; label: string }[] = [];
  for (const item of items as unknown[]) {
    if (typeof item !== 'object' || item === null || !('bbox_2d' in item) || !('label' in item))
      return undefined;
    const { bbox_2d: numbers, label } = item;
    if (!Array.isArray(numbers) || typeof label !== 'string') return undefined;
    const [x1, y1, x2, y2, ...rest] = numbers.map(Number);
    if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined || rest.length > 0) {
      return undefined;
    }
    found.push({ box: [x1, y1, x2, y2], label });
  }
  return found;
}

/** Intersection over union; 0 if the boxes do not intersect. */
function iouOf(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (area(a) + area(b) - width * height);
}

function area([x1, y1, x2, y2]: Box): number {
  return (x2 - x1) * (y2 - y1);
}
