import { expect, test } from 'vitest';
import { parseSamples } from './parse-samples.ts';

const LIST = 'https://example.org/app/samples/index.json';
const question = { text: { en: 'How many?', zh: '多少？' }, answer: { en: '3', zh: '3' } };

test('pictures count from the list, questions come in both languages', () => {
  const list = { samples: [{ skill: 'counting', images: ['a.webp'], questions: [question] }] };
  expect(parseSamples(list, LIST)).toEqual([
    {
      skill: 'counting',
      images: ['https://example.org/app/samples/a.webp'],
      questions: [{ en: 'How many?', zh: '多少？' }],
    },
  ]);
});

test('a wrong list is refused by the field that is wrong', () => {
  const spoilt = { samples: [{ skill: 'x', images: ['a'], questions: [{ text: { en: 'only' } }] }] };
  expect(() => parseSamples(spoilt, LIST)).toThrow('samples[0].questions[0].text.zh');
});
