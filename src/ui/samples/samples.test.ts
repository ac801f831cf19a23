import { expect, test } from 'vitest';
import { parseSamples } from './parse-samples.ts';

const LIST = 'https://example.org/app/samples/index.json';
const question = { text: { en: 'How many?', zh: '多少？' }, answer: { en: '3', zh: '3' } };

test('pictures count from the list, questions come in both languages', () => {
  const list = { samples: [{ skill: 'counting', images: ['a.webp'], questions: [question] }] };
  expect(parseSamples(list, LIST)).toEqual([
    {
      skill: 'counting',
      files: ['https://example.org/app/samples/a.webp'],
      isClip: false,
      tile: 'https://example.org/app/samples/a.webp',
      questions: [{ en: 'How many?', zh: '多少？' }],
    },
  ]);
});

test('a clip stands in place of pictures, and for itself where it has no poster', () => {
  const clip = { skill: 'clips', clip: 'a.webm', questions: [] };
  const [bare, posed] = parseSamples({ samples: [clip, { ...clip, poster: 'a.webp' }] }, LIST);
  expect(bare).toMatchObject({ files: ['https://example.org/app/samples/a.webm'], isClip: true });
  expect(bare?.tile).toBe('https://example.org/app/samples/a.webm');
  expect(posed?.tile).toBe('https://example.org/app/samples/a.webp');
});

test('a wrong list is refused by the field that is wrong', () => {
  const spoilt = { samples: [{ skill: 'x', images: ['a'], questions: [{ text: { en: 'only' } }] }] };
  expect(() => parseSamples(spoilt, LIST)).toThrow('samples[0].questions[0].text.zh');
  const empty = { samples: [{ skill: 'x', images: [], questions: [] }] };
  expect(() => parseSamples(empty, LIST)).toThrow('samples[0].images: names no picture');
});
