// Finds where two pictures of the same shape differ, from their pixels and without a model. Shifts the second picture
// to its best fit, and gathers the differences that are clearly larger than noise into boxes.

import type { Box } from '../../contract/box.ts';

export interface Pixels {
  /** RGBA, row by row. */
  data: Uint8ClampedArray | Uint8Array;
  width: number;
  height: number;
}

export type Difference =
  | { kind: 'boxes'; boxes: Box[] }
  | { kind: 'same' }
  /** The pictures have different shapes, or are too small to compare. */
  | { kind: 'otherShape' }
  /** The pictures differ too much to mark single changes. */
  | { kind: 'everywhere' };

/** The side, in pixels, of the square cells that are compared. Within a cell, grain and JPEG noise cancel out. */
const CELL = 4;
/**
 * A cell has changed if its mean difference, from 0 to 255, exceeds LEAST, and also NOISE_FACTOR times the median over
 * all cells.
 */
const LEAST = 14;
const NOISE_FACTOR = 5;
/** Compression noise is largest along hard edges, so this share of the local contrast is added to the threshold. */
const EDGE_SHARE = 0.2;
/** A group with fewer changed cells than this is noise. */
const SMALLEST = 2;
/** The largest shift that is tried in each direction, in cells. */
const REACH = 3;
/** Above this share of changed cells, the pictures differ everywhere. */
const MOST = 0.45;
const MOST_BOXES = 12;
/** Changed cells belong to one change if they are at most this far apart, in cells. */
const GAP = 2;

export function pictureDifference(first: Pixels, second: Pixels): Difference {
  if (Math.abs(first.width / first.height / (second.width / second.height) - 1) > 0.02)
    return { kind: 'otherShape' };
  const columns = Math.floor(Math.min(first.width, second.width) / CELL);
  const rows = Math.floor(Math.min(first.height, second.height) / CELL);
  if (columns < 4 || rows < 4) return { kind: 'otherShape' };
  const [before, after] = [cells(first, columns, rows), cells(second, columns, rows)];
  const differences = bestShift(before, after, columns, rows);
  const sorted = differences.toSorted();
  const typical = sorted[Math.floor(sorted.length / 2)] ?? 0;
  if (typical > LEAST * 1.5) return { kind: 'everywhere' };
  const threshold = Math.max(LEAST, typical * NOISE_FACTOR);
  const changed = differences.map((one, at) =>
    one > threshold + EDGE_SHARE * contrast(before, at, columns, rows) ? 1 : 0,
  );
  const count = changed.reduce((sum, one) => sum + one, 0);
  if (count === 0) return { kind: 'same' };
  if (count > MOST * changed.length) return { kind: 'everywhere' };
  const boxes = regions(changed, columns, rows);
  if (boxes.length === 0) return { kind: 'same' };
  return boxes.length > MOST_BOXES ? { kind: 'everywhere' } : { kind: 'boxes', boxes };
}

/** The mean colours of the cells: (rows · columns, 3). */
function cells({ data, width, height }: Pixels, columns: number, rows: number): Float32Array {
  const means = new Float32Array(columns * rows * 3);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [left, right] = [column, column + 1].map((at) => Math.floor((at * width) / columns)) as [
        number,
        number,
      ];
      const [top, bottom] = [row, row + 1].map((at) => Math.floor((at * height) / rows)) as [number, number];
      const size = (right - left) * (bottom - top);
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < right; x++) sum += data[(y * width + x) * 4 + channel]!;
        }
        means[(row * columns + column) * 3 + channel] = sum / size;
      }
    }
  }
  return means;
}

/**
 * The differences of all cells at the shift with the smallest mean difference. A cell that has no partner at this shift
 * gets 0.
 */
function bestShift(before: Float32Array, after: Float32Array, columns: number, rows: number): Float32Array {
  let best: Float32Array = new Float32Array(columns * rows);
  let least = Infinity;
  for (let dy = -REACH; dy <= REACH; dy++) {
    for (let dx = -REACH; dx <= REACH; dx++) {
      const shifted = differencesAt(before, after, columns, rows, dx, dy);
      const overlap = (columns - Math.abs(dx)) * (rows - Math.abs(dy));
      // No shift is preferred: another shift must be clearly better.
      const cost = (shifted.reduce((sum, one) => sum + one, 0) / overlap) * (dx === 0 && dy === 0 ? 0.8 : 1);
      if (cost < least) [best, least] = [shifted, cost];
    }
  }
  return best;
}

function differencesAt(
  before: Float32Array,
  after: Float32Array,
  columns: number,
  rows: number,
  dx: number,
  dy: number,
): Float32Array {
  const all = new Float32Array(columns * rows);
  for (let row = Math.max(0, -dy); row < Math.min(rows, rows - dy); row++) {
    for (let column = Math.max(0, -dx); column < Math.min(columns, columns - dx); column++) {
      const a = (row * columns + column) * 3;
      const b = ((row + dy) * columns + column + dx) * 3;
      let largest = 0;
      for (let channel = 0; channel < 3; channel++) {
        largest = Math.max(largest, Math.abs(before[a + channel]! - after[b + channel]!));
      }
      all[row * columns + column] = largest;
    }
  }
  return all;
}

/** The largest difference, in any channel, between a cell and its four neighbours. */
function contrast(means: Float32Array, at: number, columns: number, rows: number): number {
  const [column, row] = [at % columns, Math.floor(at / columns)];
  const beside = [
    ...(column > 0 ? [at - 1] : []),
    ...(column < columns - 1 ? [at + 1] : []),
    ...(row > 0 ? [at - columns] : []),
    ...(row < rows - 1 ? [at + columns] : []),
  ];
  return Math.max(
    ...beside.flatMap((other) =>
      [0, 1, 2].map((channel) => Math.abs(means[at * 3 + channel]! - means[other * 3 + channel]!)),
    ),
  );
}

/** The boxes around groups of changed cells, in thousandths of the picture's sides. */
function regions(changed: ArrayLike<number>, columns: number, rows: number): Box[] {
  const seen = new Uint8Array(columns * rows);
  const boxes: Box[] = [];
  for (let start = 0; start < seen.length; start++) {
    if (changed[start] !== 1 || seen[start] === 1) continue;
    let [left, top, right, bottom] = [columns, rows, 0, 0];
    let size = 0;
    const open = [start];
    seen[start] = 1;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      size++;
      const [column, row] = [at % columns, Math.floor(at / columns)];
      [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
      for (let y = Math.max(0, row - GAP); y <= Math.min(rows - 1, row + GAP); y++) {
        for (let x = Math.max(0, column - GAP); x <= Math.min(columns - 1, column + GAP); x++) {
          const next = y * columns + x;
          if (changed[next] !== 1 || seen[next] === 1) continue;
          seen[next] = 1;
          open.push(next);
        }
      }
    }
    if (size < SMALLEST) continue;
    boxes.push([
      (left / columns) * 1000,
      (top / rows) * 1000,
      (right / columns) * 1000,
      (bottom / rows) * 1000,
    ]);
  }
  return boxes;
}
