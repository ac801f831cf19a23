// Reads the boxes and points of an answer, each with its label and the picture that the answer names for it
// (github.com/QwenLM/Qwen3-VL, cookbooks/2d_grounding.ipynb).

import { spokenText, type PlacedBlock } from './blocks.ts';
import { bareBoxes, readShapes, type ReadShapes, type Shape } from './coordinates.ts';

export interface Mark {
  /** Unique in its answer, and the same while the answer grows. */
  id: string;
  shape: Shape;
  label: string;
  /** The picture that the answer names for the mark; null if it names none. */
  picture: NamedPicture | null;
  /** The JSON value from which the mark was read; a table finds the row of the mark by it. */
  source: object | null;
}

export interface NamedPicture {
  /** The number in the answer; NaN if the answer gives no single whole number. */
  number: number;
  /**
   * The number of the first picture, in the answer's way of counting: 1 for words such as "picture 2". Null for a plain
   * number: only all marks together show whether the answer counts from 0 or from 1.
   */
  from: 1 | null;
}

export interface Places {
  marks: Mark[];
  /** The number of places in the answer that have no readable coordinates on the picture. */
  unreadable: number;
}

const BOXES = ['bbox_2d', 'bbox', 'box_2d', 'bboxes', 'bounding_box', 'box', 'boxes'];
const POINTS = ['point_2d', 'point', 'points', 'coordinate', 'coordinates'];
/** Keys that always mean coordinates. The values of other keys may be words or counts. */
const UNMISTAKABLE = new Set(['bbox_2d', 'bbox', 'box_2d', 'point_2d', 'bounding_box']);
const LABELS = ['label', 'text_content', 'text', 'name', 'description', 'category', 'type'];
const PICTURES = ['img_idx', 'image_index', 'image_idx', 'img_index', 'picture_index'];
/** Matches an answer that is a single point of a screen, for questions that ask for the form (x, y). */
const LONE_POINT = /^\(\s*(\d+)\s*,\s*(\d+)\s*\)$/;
const HTML_BOX = /<(\w+)([^>]*)\sdata-bbox="([^"]*)"/g;

export function readPlaces(blocks: readonly PlacedBlock[]): Places {
  if (blocks.length === 1) {
    const point = LONE_POINT.exec(spokenText(blocks[0]!.block).trim())?.slice(1);
    const [shape] = readShapes(point, 'point').shapes;
    if (shape) return { marks: [{ ...NAMELESS, id: '0', shape }], unreadable: 0 };
  }
  return joined(
    blocks.map(({ at, block }, index): Places => {
      if (block.kind === 'place') {
        return toPlaces(readShapes(block.corners, 'box'), {
          ...NAMELESS,
          // Several blocks may begin at the same offset.
          id: `${at}.${index}`,
          label: block.label,
        });
      }
      if (block.kind === 'data') return dataPlaces(block.value, `${at}`);
      return block.kind === 'code' && block.language === 'html' ? htmlPlaces(block.text, `${at}`) : NOWHERE;
    }),
  );
}

/** The keys of an object that hold a mark's coordinates, label and picture. */
export function markKeys(value: object): {
  place: string | undefined;
  label: string | undefined;
  picture: string | undefined;
} {
  const find = (keys: readonly string[]): string | undefined => keys.find((key) => key in value);
  const place = [...BOXES, ...POINTS].find((key) => key in value && isPlace(value, key));
  return { place, label: find(LABELS), picture: find(PICTURES) };
}

/** The shapes of one object or list in an answer. */
export function shapesOf(value: object): ReadShapes {
  if (Array.isArray(value)) return readShapes(value, 'box');
  const { place } = markKeys(value);
  return place === undefined ? { shapes: [], unreadable: 0 } : read(value, place);
}

const NAMELESS = { label: '', picture: null, source: null };
const NOWHERE: Places = { marks: [], unreadable: 0 };

function dataPlaces(value: unknown, id: string): Places {
  const bare = bareBoxes(value);
  if (bare === undefined) return walk(value, id);
  return {
    marks: bare.map(({ source, box }, index) => ({
      ...NAMELESS,
      id: `${id}.${index}`,
      shape: { kind: 'box', box },
      source,
    })),
    unreadable: 0,
  };
}

function walk(value: unknown, id: string, name = ''): Places {
  if (Array.isArray(value)) return joined(value.map((one, index) => walk(one, `${id}.${index}`)));
  if (!isObject(value)) return NOWHERE;
  const { place, picture } = markKeys(value);
  const inner = Object.entries(value)
    .filter(([key]) => key !== place)
    .map(([key, one]) => walk(one, `${id}.${key}`, key));
  if (place === undefined) return joined(inner);
  const mark = {
    id,
    label: labelOf(value) || name,
    picture: picture === undefined ? null : namedPicture(value[picture]),
    source: value,
  };
  return joined([toPlaces(read(value, place), mark), ...inner]);
}

/** Whether the model meant the key's value as coordinates. */
function isPlace(value: object, key: string): boolean {
  if (UNMISTAKABLE.has(key)) return true;
  const one = (value as Record<string, unknown>)[key];
  if (Array.isArray(one) && one.length > 0 && one.flat(2).every((each) => typeof each === 'number'))
    return true;
  return readShapes(one, 'box').shapes.length > 0;
}

function read(value: object, key: string): ReadShapes {
  return readShapes((value as Record<string, unknown>)[key], POINTS.includes(key) ? 'point' : 'box');
}

/**
 * Makes one mark per shape. The first mark keeps the object's own id, so that its id stays the same while more shapes
 * arrive.
 */
function toPlaces({ shapes, unreadable }: ReadShapes, mark: Omit<Mark, 'shape'>): Places {
  const marks = shapes.map((shape, index) => ({
    ...mark,
    id: index === 0 ? mark.id : `${mark.id}#${index}`,
    shape,
  }));
  return { marks, unreadable };
}

function labelOf(value: Record<string, unknown>): string {
  const { label, picture } = markKeys(value);
  const named = label === undefined ? undefined : value[label];
  if (typeof named === 'string' || typeof named === 'number') return String(named);
  const texts = Object.entries(value).filter(([key, one]) => key !== picture && typeof one === 'string');
  return texts.map(([, one]) => String(one)).find((one) => /\p{L}/u.test(one)) ?? '';
}

/** Reads a number, a number as text, or words that contain one number. Words count pictures from one. */
function namedPicture(value: unknown): NamedPicture | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'number') return { number: Number.isInteger(value) ? value : Number.NaN, from: null };
  const text = typeof value === 'string' ? value.trim() : '';
  if (/^-?\d+$/.test(text)) return { number: Number(text), from: null };
  const numbers = text.match(/\d+/g) ?? [];
  return { number: numbers.length === 1 ? Number(numbers[0]) : Number.NaN, from: 1 };
}

/** Reads a document that the model writes as HTML, in which an attribute of each part holds its box. */
function htmlPlaces(html: string, id: string): Places {
  return joined(
    Array.from(html.matchAll(HTML_BOX), (match, index) => {
      const label = /class="([^"]+)"/.exec(match[2] ?? '')?.[1] ?? match[1] ?? '';
      return toPlaces(readShapes(match[3], 'box'), { ...NAMELESS, id: `${id}.${index}`, label });
    }),
  );
}

function joined(places: readonly Places[]): Places {
  return {
    marks: places.flatMap(({ marks }) => marks),
    unreadable: places.reduce((sum, { unreadable }) => sum + unreadable, 0),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
