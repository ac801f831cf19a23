// Tests that every sentence of the page is in the string files, in both languages.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type AST } from 'svelte/compiler';
import { expect, test } from 'vitest';

const UI = import.meta.dirname;
const LETTER = /\p{L}/u;
const HAN = /\p{Script=Han}/u;
/** Attributes whose text the page shows or a screen reader speaks. */
const SPOKEN = new Set(['alt', 'title', 'placeholder', 'label', 'aria-label', 'aria-description']);
/** Names and the pattern of an address are the same in both languages. */
const NAMES = new Set(['Darkroom', 'WebGPU', 'https://…']);

const files = import.meta.glob<{ en: unknown; zh: unknown }>('./*/{strings,*-strings}.ts', { eager: true });

/** Arguments for calling each template several times, so that all of its branches run. Every template takes numbers. */
const ARGUMENTS: unknown[][] = [
  [2, 3, 4],
  [0, 0, 0],
  [1, 1, 1],
  [1, 0, 0],
  [0.5, 1, 0],
  [90, 120, 1],
  [null, null, null],
  [1, null, true],
];

/** All texts of a string file, each with its path. */
function texts(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return ARGUMENTS.flatMap((each) => said(value, each, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, `${path}.${key}`));
}

/** The texts that a template returns for some arguments; none if it throws, as some templates do for null. */
function said(template: CallableFunction, values: unknown[], path: string): [string, string][] {
  try {
    return texts((template as (...args: unknown[]) => unknown)(...values), path);
  } catch {
    return [];
  }
}

/** Templates that report a count, which may be 0. */
const COUNTED = ['models', 'databases', 'settings'];

/** Names and abbreviations that Chinese sentences also write in Latin letters. */
const LATIN_IN_CHINESE = new Set(
  (
    'Instruct Thinking ModelScope Hugging Face Windows RAW Word Excel PowerPoint null NaN undefined true false AVIF CSV DNS Chrome Chromium Darkroom Edge Esc Firefox GB GIF GPU HEIC HEVC H ID JPEG JSON MB MP MP4 Mac Markdown MOE PDF PIN PNG ' +
    'Qwen Qwen3 SVG Safari Service Shift TB TIFF URL VL WASM Web WebGPU WebM WebP WebRTC Worker iPad iPhone k kB json s top p B f16 f32'
  ).split(' '),
);

test.each(Object.keys(files))('%s keeps each language free of the other’s script', (file) => {
  const strings = files[file] ?? expect.fail(file);
  expect(texts(strings.en, '').filter(([, text]) => HAN.test(text))).toEqual([]);
  const strays = texts(strings.zh, '').flatMap(([path, text]) => {
    if (NAMES.has(text)) return [];
    const words = text.match(/[A-Za-z][A-Za-z0-9]*/g) ?? [];
    return words.filter((word) => !LATIN_IN_CHINESE.has(word)).map((word) => `${path}: ${word}`);
  });
  expect(strays).toEqual([]);
});

test('no sentence reports a count of nothing with the number 0', () => {
  const zeros = Object.entries(files).flatMap(([file, { en, zh }]) =>
    [en, zh].flatMap((language) =>
      COUNTED.map((key) => (language as Record<string, unknown>)[key])
        .flatMap((value) => (typeof value === 'function' ? said(value, [0, 0, 0], file) : []))
        .filter(([, text]) => text.startsWith('0')),
    ),
  );
  expect(zeros).toEqual([]);
});

test.each(Object.keys(files))('%s leaves a space between English sentences', (file) => {
  const strings = files[file] ?? expect.fail(file);
  expect(texts(strings.en, '').filter(([, text]) => /[a-z][.!?][A-Z]/.test(text))).toEqual([]);
});

test.each(Object.keys(files))('%s says everything in both languages', (file) => {
  const strings = files[file] ?? expect.fail(file);
  const [english, chinese] = [texts(strings.en, ''), texts(strings.zh, '')];
  expect(chinese.map(([path]) => path)).toEqual(english.map(([path]) => path));
  expect(english.filter(([, text]) => text.trim() === '' || HAN.test(text))).toEqual([]);
  // A translation contains Chinese, unless there is nothing to translate.
  const left = chinese.filter(([path, text]) => {
    const original = english.find(([key]) => key === path)?.[1] ?? '';
    return !HAN.test(text) && LETTER.test(text) && !(text === original && NAMES.has(text));
  });
  expect(left).toEqual([]);
});

const components = readdirSync(UI, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.svelte'),
);

/** Literal texts of a component's markup: between tags, and in the attributes of `SPOKEN`. */
function literals(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(literals);
  if (typeof node !== 'object' || node === null) return [];
  const one = node as AST.Text | AST.Attribute | { type?: string };
  if (one.type === 'Text') return [(one as AST.Text).data];
  if (one.type === 'Attribute') {
    const { name, value } = one as AST.Attribute;
    return SPOKEN.has(name) ? literals(value) : [];
  }
  return Object.values(node).flatMap(literals);
}

test.each(components)('%s has no sentence of its own', (file) => {
  const { fragment } = parse(readFileSync(join(UI, file), 'utf8'), { modern: true });
  const found = literals(fragment).filter((text) => LETTER.test(text) && !NAMES.has(text.trim()));
  expect(found).toEqual([]);
});
