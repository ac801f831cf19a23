// Reads the coordinates of a thing on a picture, in the forms that models use in practice. They are in thousandths of
// the picture's sides, as Qwen3-VL writes them. Unreadable coordinates are counted, not dropped.

import type { Box } from '../../contract/box.ts';

export type Shape = { kind: 'box'; box: Box } | { kind: 'point'; x: number; y: number };

export interface ReadShapes {
  shapes: Shape[];
  /** The number of values that are meant as coordinates but give no place on the picture. */
  unreadable: number;
}

/** A box may extend beyond the picture by this many thousandths; it is then clamped to the picture's edge. */
const TOLERANCE = 50;
/** Lists that are nested deeper than this are not coordinates. */
const MAX_DEPTH = 4;
const CORNERS = [
  ['x1', 'y1', 'x2', 'y2'],
  ['left', 'top', 'right', 'bottom'],
  ['xmin', 'ymin', 'xmax', 'ymax'],
  ['x_min', 'y_min', 'x_max', 'y_max'],
  ['x', 'y'],
];
const NONE: ReadShapes = { shapes: [], unreadable: 0 };
const UNREADABLE: ReadShapes = { shapes: [], unreadable: 1 };

/**
 * Reads the shapes of a value. `expected` decides how to read a list of pairs: as the corners of one box, or as several
 * points. Four numbers are always a box, and two numbers a point.
 */
export function readShapes(value: unknown, expected: Shape['kind'], depth = 0): ReadShapes {
  if (value === null || value === undefined || value === '') return NONE;
  if (depth > MAX_DEPTH) return UNREADABLE;
  if (typeof value === 'string') return fromNumbers(numbersIn(value));
  if (!Array.isArray(value)) return typeof value === 'object' ? fromObject(value) : UNREADABLE;
  if (value.length === 0) return NONE;
  if (value.every(isScalar)) return fromNumbers(value);
  if (expected === 'box' && value.length > 1 && value.every(isPair)) return around(value);
  const inner = value.map((one: unknown) => readShapes(one, expected, depth + 1));
  return {
    shapes: inner.flatMap(({ shapes }) => shapes),
    unreadable: inner.reduce((sum, { unreadable }) => sum + unreadable, 0),
  };
}

/**
 * Reads a bare list of boxes without names: each is four whole numbers on the picture, in the order left, top, right,
 * bottom. Returns undefined if any entry is something else: the value is then an ordinary list.
 */
export function bareBoxes(value: unknown): { source: object; box: Box }[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const rows: unknown[] = value.every(isScalar) ? [value] : value;
  const boxes = rows.flatMap((row: unknown) => {
    if (!Array.isArray(row) || row.length !== 4 || !row.every(Number.isInteger)) return [];
    const source = row as [number, number, number, number];
    const [left, top, right, bottom] = source;
    const [shape] = fromNumbers(source).shapes;
    return shape?.kind === 'box' && left < right && top < bottom ? [{ source, box: shape.box }] : [];
  });
  return boxes.length === rows.length ? boxes : undefined;
}

function fromObject(value: object): ReadShapes {
  const fields = new Map<string, unknown>(Object.entries(value));
  const keys = CORNERS.find((names) => names.every((name) => fields.has(name)));
  return keys === undefined ? UNREADABLE : fromNumbers(keys.map((key) => fields.get(key)));
}

function fromNumbers(values: readonly unknown[] | undefined): ReadShapes {
  if (values?.length !== 2 && values?.length !== 4) return UNREADABLE;
  const numbers = values.map(coordinate);
  if (!numbers.every((one) => one !== undefined)) return UNREADABLE;
  const [x, y] = numbers as [number, number];
  if (numbers.length === 2) return { shapes: [{ kind: 'point', x: clamp(x), y: clamp(y) }], unreadable: 0 };
  return boxShape(numbers as [number, number, number, number]);
}

/** The box around several points. */
function around(pairs: readonly [unknown, unknown][]): ReadShapes {
  const xs = pairs.map(([x]) => coordinate(x));
  const ys = pairs.map(([, y]) => coordinate(y));
  if (![...xs, ...ys].every((one) => one !== undefined)) return UNREADABLE;
  const [across, down] = [xs as number[], ys as number[]];
  return boxShape([Math.min(...across), Math.min(...down), Math.max(...across), Math.max(...down)]);
}

/** Makes a box from two opposite corners in either order. A box outside the picture is unreadable. */
function boxShape([x1, y1, x2, y2]: [number, number, number, number]): ReadShapes {
  const box: Box = [
    clamp(Math.min(x1, x2)),
    clamp(Math.min(y1, y2)),
    clamp(Math.max(x1, x2)),
    clamp(Math.max(y1, y2)),
  ];
  const isOutside = (box[0] === box[2] && x1 !== x2) || (box[1] === box[3] && y1 !== y2);
  return isOutside ? UNREADABLE : { shapes: [{ kind: 'box', box }], unreadable: 0 };
}

/** The numbers of a text that consists of numbers, separators and brackets only; otherwise undefined. */
function numbersIn(text: string): string[] | undefined {
  return /^[\s\d.,;:()[\]<>-]+$/.test(text) ? (text.match(/-?\d+(?:\.\d+)?/g) ?? undefined) : undefined;
}

function coordinate(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  const number = Number(value);
  return number >= -TOLERANCE && number <= 1000 + TOLERANCE ? number : undefined;
}

function clamp(value: number): number {
  return Math.min(1000, Math.max(0, value));
}

/** Whether the value is a single number or word. A text with several numbers is not. */
function isScalar(value: unknown): boolean {
  if (typeof value === 'string') return !Number.isNaN(Number(value)) || !/\d\D+\d/.test(value);
  return typeof value !== 'object';
}

function isPair(value: unknown): value is [unknown, unknown] {
  return Array.isArray(value) && value.length === 2 && value.every(isScalar);
}
