import { expect, test } from 'vitest';
import { Field } from './json-field.ts';

test('a complaint names the file and the field in it', () => {
  const root = new Field({ sizes: [1, 'two'] }, 'config.json: ', 'bad-checkpoint');
  expect(() => root.at('sizes').items()[1]?.integer()).toThrow('config.json: sizes[1]: must be an integer.');
  expect(() => root.string()).toThrow(/^config\.json: must be a string\.$/);
});
