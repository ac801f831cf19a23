import { expect, test } from 'vitest';
import { readMarkdown } from '../answer/markdown.ts';
import { en, zh } from './strings.ts';
import { answerKind, subjectKind, suggestions, type SubjectKind } from './suggest.ts';

const SUBJECTS = [
  'photo',
  'drawing',
  'document',
  'chart',
  'screen',
  'part',
  'two',
  'several',
  'clip',
] as const satisfies SubjectKind[];
const wanted = { answer: null, isBuiltIn: false, asked: [] };
const photo = { clipSeconds: null, part: null, kind: 'document' } as const;
const clip = { ...photo, clipSeconds: 3 };

test('every kind of picture and of answer has three questions, in both languages', () => {
  for (const says of [en, zh]) {
    for (const subject of SUBJECTS) expect(suggestions({ ...wanted, subject }, says)).toHaveLength(3);
    for (const answer of ['boxes', 'table', 'nothing', 'text'] as const) {
      expect(suggestions({ ...wanted, subject: 'photo', answer }, says)).toHaveLength(3);
    }
  }
});

test('the page suggests no question twice, and none without pictures', () => {
  const asked = en.about.photo.slice(0, 1);
  expect(suggestions({ ...wanted, subject: 'photo', asked }, en)).toEqual(en.about.photo.slice(1));
  expect(suggestions({ ...wanted, subject: null }, en)).toEqual([]);
});

test('the page suggests only questions that the built-in model can answer', () => {
  const builtIn = (subject: SubjectKind, answer: 'text' | null = null): string[] =>
    suggestions({ ...wanted, subject, answer, isBuiltIn: true }, en);
  expect(builtIn('clip')[0]).toMatch(/ball/);
  expect(builtIn('drawing')).toHaveLength(3);
  // The built-in model was not trained on photos, so its answers to suggestions about photos would be nonsense.
  expect(builtIn('photo')).toEqual([]);
  expect(builtIn('document')).toEqual([]);
  expect(builtIn('chart')).toEqual([]);
  expect(builtIn('photo', 'text')).toEqual([]);
});

test('the subject is the kind of the waiting picture, a part, a clip, two or several', () => {
  expect(subjectKind([], false)).toBeNull();
  expect(subjectKind([photo], false)).toBe('document');
  expect(subjectKind([photo], true)).toBe('part');
  expect(subjectKind([{ ...photo, part: {} }], false)).toBe('part');
  expect(subjectKind([photo, photo], false)).toBe('two');
  expect(subjectKind([photo, photo, photo], false)).toBe('several');
  expect(subjectKind([clip], false)).toBe('clip');
  expect(subjectKind([clip, photo], false)).toBe('several');
});

test('an answer counts as boxes, a table, nothing or text', () => {
  const kind = (text: string, hasMarks = false): string => answerKind(readMarkdown(text), hasMarks);
  expect(kind('[{"bbox_2d": [1, 2, 3, 4]}]', true)).toBe('boxes');
  expect(kind('| a |\n| - |\n| 1 |')).toBe('table');
  expect(kind('[]')).toBe('nothing');
  expect(kind('A cat.')).toBe('text');
});
