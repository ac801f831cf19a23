import { expect, test } from 'vitest';
import { parseCatalogue } from './catalogue.ts';

const LIST = 'http://localhost/models/index.json';

test('addresses in a catalogue count from the catalogue itself', () => {
  const list = {
    packages: [
      { name: 'Demo', url: 'demo/' },
      { name: 'Far', url: 'https://example.org/far/' },
    ],
  };
  expect(parseCatalogue(list, LIST)).toEqual([
    { name: 'Demo', url: 'http://localhost/models/demo/' },
    { name: 'Far', url: 'https://example.org/far/' },
  ]);
});

test('a wrong catalogue is refused by the field that is wrong', () => {
  expect(() => parseCatalogue([], LIST)).toThrow('packages is not a list');
  expect(() => parseCatalogue({ packages: ['demo'] }, LIST)).toThrow('packages[0] is not an object');
  expect(() => parseCatalogue({ packages: [{ url: 'demo/' }] }, LIST)).toThrow('packages[0].name');
  expect(() => parseCatalogue({ packages: [{ name: 'Demo', url: 'http://' }] }, LIST)).toThrow(
    'packages[0].url',
  );
});
