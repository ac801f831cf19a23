import { expect, test } from 'vitest';
import { parseSamples } from './parse-samples.ts';

const LIST = 'https://example.org/app/samples/index.json';
const question = { text: { en: 'How many?', zh: '多少？' }, answer: { en: '3', zh: '3' } };

test('picture addresses are relative to the list, and questions come in both languages', () => {
  const list = { samples: [{ skill: 'counting', images: ['a.webp', 'b.webp'], questions: [question] }] };
  const files = ['https://example.org/app/samples/a.webp', 'https://example.org/app/samples/b.webp'];
  expect(parseSamples(list, LIST)).toEqual([
    {
      skill: 'counting',
      files,
      clipSeconds: null,
      tiles: files,
      questions: [{ en: 'How many?', zh: '多少？' }],
    },
  ]);
});

test('a clip takes the place of pictures, with a still poster and its length', () => {
  const clip = { skill: 'clips', clip: 'a.webm', poster: 'a.webp', seconds: 4, questions: [] };
  const [sample] = parseSamples({ samples: [clip] }, LIST);
  expect(sample).toMatchObject({ files: ['https://example.org/app/samples/a.webm'], clipSeconds: 4 });
  expect(sample?.tiles).toEqual(['https://example.org/app/samples/a.webp']);
  const { poster: _poster, ...bare } = clip;
  expect(() => parseSamples({ samples: [bare] }, LIST)).toThrow('samples[0].poster');
});

test('the parser refuses a wrong list and names the wrong field', () => {
  const spoilt = { samples: [{ skill: 'x', images: ['a'], questions: [{ text: { en: 'only' } }] }] };
  expect(() => parseSamples(spoilt, LIST)).toThrow('samples[0].questions[0].text.zh');
  const empty = { samples: [{ skill: 'x', images: [], questions: [] }] };
  expect(() => parseSamples(empty, LIST)).toThrow('samples[0].images: names no picture');
});
