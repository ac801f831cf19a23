import { expect, test } from 'vitest';
import { parsePackages } from './page-models.ts';

const LIST = 'http://localhost/packages/index.json';

test('addresses in a list are relative to the list itself', () => {
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

test('the parser refuses a wrong list and names the wrong field', () => {
  expect(() => parsePackages([], LIST)).toThrow('must be an object');
  expect(() => parsePackages({ packages: [{ url: 'own/' }] }, LIST)).toThrow('packages[0].name');
  expect(() => parsePackages({ packages: [{ name: 'Own', url: 'http://' }] }, LIST)).toThrow(
    'packages[0].url',
  );
});
