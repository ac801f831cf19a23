import { expect, test } from 'vitest';
import { Field } from './json-field.ts';

test('a complaint names the file and the field in it', () => {
  const root = new Field({ sizes: [1, 'two'] }, 'config.json: ', 'bad-checkpoint');
  expect(() => root.at('sizes').items()[1]?.integer()).toThrow('config.json: sizes[1]: must be an integer.');
  expect(() => root.string()).toThrow(/^config\.json: must be a string\.$/);
});

test('an object of integers is read; a failure names the member that is not an integer', () => {
  const root = new Field(
    { good: { a: 1, b: 0 }, bad: { a: 1, b: '2' }, low: { a: -1 } },
    '',
    'bad-checkpoint',
  );
  expect(root.at('good').integers()).toEqual([1, 0]);
  expect(() => root.at('bad').integers()).toThrow('bad.b: must be an integer.');
  expect(() => root.at('low').integers()).toThrow('low.a');
});
