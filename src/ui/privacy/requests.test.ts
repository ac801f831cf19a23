import { expect, test } from 'vitest';
import { groupRequests } from './requests.ts';

const HERE = 'https://app.example.org/room/';
const seen = (url: string, bytes: number | null) => ({ url, bytes, at: 0 });

test('the log groups requests by host and purpose, other hosts first', () => {
  const groups = groupRequests(
    [
      seen(HERE, 500),
      seen(`${HERE}assets/index-a.js`, 70_000),
      seen(`${HERE}assets/ort-wasm-simd-threaded-b.wasm`, 14e6),
      seen(`${HERE}models/index.json`, 4000),
      seen(`${HERE}models/demo/ab.safetensors`, 9e6),
      seen('https://hub.example.org/model.safetensors', null),
      seen('https://hub.example.org/config.json', 900),
      seen('blob:https://app.example.org/1', 5),
    ],
    HERE,
  );
  expect(
    groups.map(({ host, purpose, count, bytes, unsized }) => [host, purpose, count, bytes, unsized]),
  ).toEqual([
    ['hub.example.org', 'weights', 2, 900, 1],
    ['app.example.org', 'runtime', 1, 14e6, 0],
    ['app.example.org', 'weights', 1, 9e6, 0],
    ['app.example.org', 'page', 2, 70_500, 0],
    ['app.example.org', 'list', 1, 4000, 0],
  ]);
});

test('later requests add to the earlier groups', () => {
  const before = groupRequests([seen(HERE, 500), seen('https://hub.example.org/a', 7)], HERE);
  const after = groupRequests(
    [seen(`${HERE}a.js`, 20), seen('https://hub.example.org/b', null)],
    HERE,
    before,
  );
  expect(after.map(({ host, count, bytes, unsized }) => [host, count, bytes, unsized])).toEqual([
    ['hub.example.org', 2, 7, 1],
    ['app.example.org', 2, 520, 0],
  ]);
  expect(before[1]?.count).toBe(1);
});
