// Turns the table of an answer into texts for the user: places in words, column titles instead of keys, and values
// instead of JSON.

import type { AnswerStrings } from './answer-strings.ts';
import type { Shape } from '../answer/coordinates.ts';
import { cellText, type DataRow, type DataTable } from '../answer/data-table.ts';
import { markKeys, shapesOf } from '../answer/marks.ts';

export interface ShownTable {
  /** null if the table has no column titles, as in a list of names and values. */
  heads: string[] | null;
  rows: ShownRow[];
  /** Whether the rows have places; the page can show these as numbers, too. */
  hasPlaces: boolean;
}

export interface ShownRow {
  cells: string[];
  source: object | null;
}

type Words = Pick<
  AnswerStrings,
  'heads' | 'what' | 'where' | 'places' | 'yes' | 'no' | 'noPlace' | 'badPlace'
>;

const NO_KEYS: ReturnType<typeof markKeys> = { place: undefined, label: undefined, picture: undefined };

/** If `inNumbers`, places are shown as coordinates, in thousandths of the picture's sides. */
export function shownTable(table: DataTable, words: Words, inNumbers: boolean): ShownTable {
  const named = table.rows.map(({ source }) => (source === null ? NO_KEYS : markKeys(source)));
  const isBare = table.columns === null && table.rows.every(({ source }) => Array.isArray(source));
  if (isBare && table.rows.every(({ source }) => source !== null && isBox(source))) {
    return {
      heads: [words.where],
      rows: table.rows.map((row) => ({ cells: [whereOf(row, words, inNumbers)], source: row.source })),
      hasPlaces: true,
    };
  }
  if (!named.some(({ place }) => place !== undefined)) return plainTable(table, words);
  if (table.columns === null) return namedPlaces(table, words, inNumbers);

  const hasLabels = named.some(({ label }) => label !== undefined);
  const taken = new Set(named.flatMap(({ place, label }) => [place, label]));
  const rest = table.columns.flatMap((key, index) => (taken.has(key) ? [] : [{ key, index }]));
  return {
    heads: [
      ...(hasLabels ? [words.what] : []),
      words.where,
      ...rest.map(({ key }) => headOf(key, words.heads)),
    ],
    rows: table.rows.map((row, at) => ({
      cells: [
        ...(hasLabels ? [valueText(valueAt(row.source, named[at]?.label), words)] : []),
        whereOf(row, words, inNumbers),
        ...rest.map(({ index }) => valueText(row.cells[index], words)),
      ],
      source: row.source,
    })),
    hasPlaces: true,
  };
}

/** Handles the form { "cat": { "bbox_2d": … } }, in which the key is the label. */
function namedPlaces(table: DataTable, words: Words, inNumbers: boolean): ShownTable {
  return {
    heads: [words.what, words.where],
    rows: table.rows.map((row) => ({
      cells: [
        cellText(row.cells[0]),
        row.source === null ? valueText(row.cells[1], words) : whereOf(row, words, inNumbers),
      ],
      source: row.source,
    })),
    hasPlaces: true,
  };
}

function plainTable({ columns, rows }: DataTable, words: Words): ShownTable {
  const isNamed = columns === null && rows.every(({ cells }) => cells.length === 2);
  return {
    heads: columns?.map((key) => headOf(key, words.heads)) ?? null,
    rows: rows.map(({ cells, source }) => ({
      cells: cells.map((cell, at) =>
        isNamed && at === 0 && typeof cell === 'string' ? headOf(cell, words.heads) : valueText(cell, words),
      ),
      source,
    })),
    hasPlaces: false,
  };
}

/**
 * The column title for a key: its translation if the key is known, otherwise the key without underscores and camel
 * case.
 */
export function headOf(key: string, heads: Readonly<Record<string, string>>): string {
  const known = Object.hasOwn(heads, key.toLowerCase()) ? heads[key.toLowerCase()] : undefined;
  if (known !== undefined) return known;
  const words = key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_\s]+/g, ' ')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The text of a value, without brackets and quotes. */
function valueText(value: unknown, words: Words): string {
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value !== 'object' || value === null) return cellText(value);
  if (Array.isArray(value)) {
    const separator = value.some((one) => typeof one === 'object') ? '; ' : ', ';
    return value.map((one) => valueText(one, words)).join(separator);
  }
  return Object.entries(value)
    .map(([key, one]) => `${headOf(key, words.heads)}: ${valueText(one, words)}`)
    .join(', ');
}

function whereOf({ source }: DataRow, words: Words, inNumbers: boolean): string {
  const { shapes, unreadable } = source === null ? { shapes: [], unreadable: 0 } : shapesOf(source);
  const places = shapes.map((shape) => (inNumbers ? shapeNumbers(shape) : placeInWords(shape, words.places)));
  if (unreadable > 0) places.push(words.badPlace);
  return places.length === 0 ? words.noPlace : places.join('; ');
}

function shapeNumbers(shape: Shape): string {
  return (shape.kind === 'box' ? shape.box : [shape.x, shape.y]).map((one) => Math.round(one)).join(', ');
}

/** A box that is at least this long, in thousandths of a side, counts as reaching across the picture. */
const ACROSS = 700;
const NEARLY_ALL = 850;

/** `places` has words for nine fields, row by row, for three bands across, three bands along, and the whole picture. */
export function placeInWords(shape: Shape, places: AnswerStrings['places']): string {
  const [left, top, right, bottom] = shape.kind === 'box' ? shape.box : [shape.x, shape.y, shape.x, shape.y];
  const third = (middle: number): number => Math.min(2, Math.floor((middle * 3) / 1000));
  const column = third((left + right) / 2);
  const row = third((top + bottom) / 2);
  const [width, height] = [right - left, bottom - top];
  if (width >= NEARLY_ALL && height >= NEARLY_ALL) return places.whole;
  if (width >= ACROSS && height < ACROSS) return places.across[row] ?? '';
  if (height >= ACROSS && width < ACROSS) return places.along[column] ?? '';
  return places.fields[row * 3 + column] ?? '';
}

function isBox(source: object): boolean {
  return shapesOf(source).shapes[0]?.kind === 'box';
}

function valueAt(source: object | null, key: string | undefined): unknown {
  return source === null || key === undefined ? undefined : (source as Record<string, unknown>)[key];
}
