// What an answer points at on a photo: boxes and points in thousandths of its sides, as Qwen3-VL writes
// them (github.com/QwenLM/Qwen3-VL, cookbooks/2d_grounding.ipynb), each with the text that names it.

import type { Box } from '../../contract/photos.ts';
import { spokenText, type PlacedBlock } from './blocks.ts';

export interface Mark {
  /** Unique in its answer, and the same while the answer grows. */
  id: string;
  shape: { kind: 'box'; box: Box } | { kind: 'point'; x: number; y: number };
  label: string;
  /** Which picture, counted from 0 in the conversation; null where the answer does not say. */
  picture: number | null;
  /** The object that it was read from, so that its row in a table can be found. */
  source: object | null;
}

const BOXES = ['bbox_2d', 'bbox', 'box_2d', 'box'];
const POINTS = ['point_2d', 'point', 'coordinate'];
const LABELS = ['label', 'text_content', 'text', 'name', 'description', 'category', 'type'];
const PICTURES = ['img_idx', 'image_index', 'image_idx', 'picture_index'];
/** An answer that is one place of a screen, as it is asked for in the form (x, y). */
const LONE_POINT = /^\(\s*(\d+)\s*,\s*(\d+)\s*\)$/;
const HTML_BOX = /<(\w+)([^>]*)\sdata-bbox="([\d.\s,]+)"/g;

export function marksOf(blocks: readonly PlacedBlock[]): Mark[] {
  if (blocks.length === 1) {
    const point = numbers(LONE_POINT.exec(spokenText(blocks[0]!.block).trim())?.slice(1), 2);
    if (point) return [{ id: '0', shape: pointShape(point), label: '', picture: null, source: null }];
  }
  return blocks.flatMap(({ at, block }) => {
    if (block.kind === 'place') return placeMarks(block.label, block.corners, `${at}`);
    if (block.kind === 'data') return walk(block.value, `${at}`);
    return block.kind === 'code' && block.language === 'html' ? htmlMarks(block.text, `${at}`) : [];
  });
}

function walk(value: unknown, id: string): Mark[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => walk(one, `${id}.${index}`));
  if (!isObject(value)) return [];
  const inner = Object.entries(value).flatMap(([key, one]) =>
    typeof one === 'object' ? walk(one, `${id}.${key}`) : [],
  );
  const shape = shapeOf(value);
  if (shape === undefined) return inner;
  const index = first(value, PICTURES);
  const picture = typeof index === 'number' && Number.isInteger(index) && index >= 0 ? index : null;
  return [{ id, shape, label: labelOf(value), picture, source: value }, ...inner];
}

function shapeOf(value: Record<string, unknown>): Mark['shape'] | undefined {
  const box = numbers(first(value, BOXES), 4);
  if (box !== undefined) return boxShape(box);
  const point = numbers(first(value, POINTS), 2);
  return point && pointShape(point);
}

function pointShape([x = 0, y = 0]: readonly number[]): Mark['shape'] {
  return { kind: 'point', x, y };
}

/** Corners in either order. */
function boxShape(corners: readonly number[]): Mark['shape'] {
  const [x1, y1, x2, y2] = corners as [number, number, number, number];
  return { kind: 'box', box: [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)] };
}

function labelOf(value: Record<string, unknown>): string {
  const named = first(value, LABELS);
  if (typeof named === 'string' || typeof named === 'number') return String(named);
  return Object.values(value).find((one) => typeof one === 'string') ?? '';
}

/** `count` numbers within the picture. */
function numbers(value: unknown, count: number): number[] | undefined {
  if (!Array.isArray(value) || value.length !== count) return undefined;
  const all = value.map(Number);
  return all.every((one) => one >= 0 && one <= 1000) ? all : undefined;
}

function placeMarks(label: string, corners: readonly number[], id: string): Mark[] {
  const box = numbers(corners, 4);
  return box ? [{ id, shape: boxShape(box), label, picture: null, source: null }] : [];
}

/** Pages written down as HTML carry the place of each part as an attribute. */
function htmlMarks(html: string, id: string): Mark[] {
  return Array.from(html.matchAll(HTML_BOX)).flatMap((match, index) => {
    const box = numbers(match[3]?.trim().split(/[\s,]+/), 4);
    const label = /class="([^"]+)"/.exec(match[2] ?? '')?.[1] ?? match[1] ?? '';
    if (box === undefined) return [];
    return [{ id: `${id}.${index}`, shape: boxShape(box), label, picture: null, source: null }];
  });
}

function first(value: Record<string, unknown>, keys: readonly string[]): unknown {
  const key = keys.find((one) => one in value);
  return key === undefined ? undefined : value[key];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
