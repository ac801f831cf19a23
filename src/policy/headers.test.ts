import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { policyHeaders, roleOf } from './headers.ts';
import { weightHosts } from './weight-hosts.ts';

const HUB = 'https://huggingface.co';

test('only the weights worker may reach a host besides this origin', () => {
  const room = policyHeaders('room', [HUB]);
  expect(JSON.stringify(room)).not.toContain(HUB);
  expect(room['Connection-Allowlist']).toBe('(response-origin)');
  expect(room['Content-Security-Policy']).toMatch(/^default-src 'none'; .*connect-src 'self'; /);
  const weights = policyHeaders('weights', [HUB]);
  expect(weights['Connection-Allowlist']).toBe(`(response-origin "${HUB}/*");redirects=allow`);
  expect(weights['Content-Security-Policy']).toContain(`connect-src 'self' ${HUB};`);
});

test('the weights worker is known by its script, built or not', () => {
  expect(roleOf('/some/path/assets/weights.worker-B1x_y-2.js')).toBe('weights');
  expect(roleOf('/workers/weights.worker.ts')).toBe('weights');
  for (const path of ['/', '/assets/inference.worker-abc.js', '/weights.worker.js/index.html']) {
    expect(roleOf(path)).toBe('room');
  }
});

test('the hosts are those of the catalogue’s models and those it names', () => {
  const catalogue = {
    hosts: ['https://cdn.example.org/path'],
    models: [
      { source: { kind: 'hub', endpoint: `${HUB}/`, repo: 'a/b' } },
      { source: { kind: 'package', url: 'demo/' } },
      { source: { kind: 'package', url: 'http://localhost:9000/p/', hosts: ['https://b.example.org'] } },
    ],
  };
  expect(weightHosts(catalogue)).toEqual([
    'http://localhost:9000',
    'https://b.example.org',
    'https://cdn.example.org',
    HUB,
  ]);
});

test('nothing but a plain origin gets into a header', () => {
  const hosts = [
    'https://a.org; script-src *',
    'http://far.example.org',
    'https://*',
    'data:,x',
    7,
    null,
    '*',
  ];
  expect(weightHosts({ hosts })).toEqual([]);
  expect(weightHosts(null)).toEqual([]);
  expect(weightHosts({ hosts: { length: 1 }, models: [null, 3, { source: 'x' }] })).toEqual([]);
});

test('the catalogue that is served names the hub and its storage hosts', () => {
  const hosts = weightHosts(JSON.parse(readFileSync('public/models/index.json', 'utf8')));
  expect(hosts).toContain(HUB);
  expect(hosts).toContain('https://us.aws.cdn.hf.co');
});
