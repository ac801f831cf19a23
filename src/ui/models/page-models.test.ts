import { expect, test } from 'vitest';
import { parsePackages } from './page-models.ts';

const LIST = 'http://localhost/packages/index.json';

test('addresses in a list count from the list itself', () => {
  const list = {
    packages: [
      { name: 'Own', url: 'own/' },
      { name: 'Far', url: 'https://example.org/far/' },
    ],
  };
  expect(parsePackages(list, LIST).map(({ name, id }) => [name, id])).toEqual([
    ['Own', 'http://localhost/packages/own/'],
    ['Far', 'https://example.org/far/'],
  ]);
});

test('a wrong list is refused by the field that is wrong', () => {
  expect(() => parsePackages([], LIST)).toThrow('must be an object');
  expect(() => parsePackages({ packages: [{ url: 'own/' }] }, LIST)).toThrow('packages[0].name');
  expect(() => parsePackages({ packages: [{ name: 'Own', url: 'http://' }] }, LIST)).toThrow(
    'packages[0].url',
  );
});
