import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { policyHeaders } from './headers.ts';
import { roleFiles, roleOf, type Role } from './roles.ts';
import { weightHosts } from './weight-hosts.ts';

const HUB = 'https://huggingface.co';

const BUILT = [
  'index.html',
  'service-worker.js',
  'assets/index-a.js',
  'assets/inference.worker-a.js',
  'assets/media.worker-b.js',
  'assets/weights.worker-c.js',
  'assets/hash.worker-d.js',
  'assets/kernel.worker-k.js',
  'assets/ort-wasm-simd-threaded-e.mjs',
  'assets/rolldown-runtime-f.js',
];
const FILES = roleFiles(BUILT);

function directive(role: Role, name: string): string | undefined {
  const policy = policyHeaders(role, [HUB], FILES)['Content-Security-Policy'] ?? '';
  return policy.split('; ').find((each) => each.startsWith(`${name} `));
}

test('only the weights worker may reach a host besides this origin', () => {
  const weights = policyHeaders('weights', [HUB], FILES);
  expect(weights['Connection-Allowlist']).toBe(`(response-origin "${HUB}/*");redirects=allow`);
  expect(directive('weights', 'connect-src')).toBe(`connect-src 'self' ${HUB}`);
  for (const role of ['page', 'inference', 'media', 'hash', 'kernel', 'thread', 'part'] as const) {
    const headers = policyHeaders(role, [HUB], FILES);
    expect(JSON.stringify(headers)).not.toContain(HUB);
    expect(headers['Connection-Allowlist']).toBe('(response-origin)');
    expect(directive(role, 'default-src')).toBe("default-src 'none'");
  }
});

test('a role that only computes on pictures fetches nothing, not even from this origin', () => {
  expect(directive('page', 'connect-src')).toBe("connect-src 'self'");
  expect(directive('inference', 'connect-src')).toBe("connect-src 'self'");
  for (const role of ['media', 'hash', 'kernel', 'thread', 'part'] as const) {
    expect(directive(role, 'connect-src')).toBe("connect-src 'none'");
  }
});

test('a media worker of an older version, named photo, runs under the same policy', () => {
  const files = roleFiles([...BUILT, 'assets/photo.worker-x.js']);
  expect(roleOf('/assets/photo.worker-x.js', files)).toBe('media');
});

test('each role starts exactly the workers that it needs', () => {
  expect(directive('page', 'worker-src')).toBe(
    'worker-src http://*:*/assets/inference.worker-a.js http://*:*/assets/media.worker-b.js http://*:*/assets/weights.worker-c.js http://*:*/service-worker.js',
  );
  // Firefox also treats the import of a shared part as the start of a worker.
  expect(directive('inference', 'worker-src')).toBe(
    'worker-src http://*:*/assets/kernel.worker-k.js http://*:*/assets/ort-wasm-simd-threaded-e.mjs http://*:*/assets/rolldown-runtime-f.js',
  );
  expect(directive('media', 'worker-src')).toBe('worker-src http://*:*/assets/rolldown-runtime-f.js');
  expect(directive('weights', 'worker-src')).toBe('worker-src http://*:*/assets/hash.worker-d.js');
  for (const role of ['hash', 'kernel', 'thread', 'part'] as const) {
    expect(directive(role, 'worker-src')).toBe("worker-src 'none'");
  }
});

test('no role runs text as a program, and each may create only its own policy for programs', () => {
  const policies = {
    page: 'darkroom darkroom-preview',
    inference: 'default',
    weights: 'darkroom',
    media: 'darkroom',
    hash: 'darkroom',
    kernel: 'darkroom',
    thread: "'none'",
    part: "'none'",
  } as const;
  for (const [role, names] of Object.entries(policies) as [Role, string][]) {
    expect(directive(role, 'require-trusted-types-for'), role).toBe("require-trusted-types-for 'script'");
    expect(directive(role, 'trusted-types'), role).toBe(`trusted-types ${names}`);
  }
});

test('the policy does not depend on the order of the files', () => {
  const other = roleFiles(BUILT.toReversed());
  expect(policyHeaders('page', [HUB], other)).toEqual(policyHeaders('page', [HUB], FILES));
});

test('a worker is recognised by its exact built path', () => {
  expect(roleOf('/assets/weights.worker-c.js', FILES)).toBe('weights');
  expect(roleOf('/room/assets/weights.worker-c.js', roleFiles(BUILT, '/room/'))).toBe('weights');
  for (const path of [
    '/',
    '/weights.worker.js',
    '/assets/weights.worker-x.js',
    '/some/assets/weights.worker-c.js',
    '/assets/weights.worker-c.js/index.html',
    '/assets/weights.worker-c.json',
    '/assets/WEIGHTS.worker-c.js',
  ]) {
    expect(roleOf(path, FILES), path).toBe('page');
  }
});

test('the hosts are those of the catalogue’s models and those that the catalogue names', () => {
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
