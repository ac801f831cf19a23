import { expect, test } from 'vitest';
import type { ModelRequest, ModelSource } from '../contract/weights.ts';
import { MayFetch } from './may-fetch.ts';

const HUB = {
  kind: 'hub',
  endpoint: 'https://hub.example.org',
  repo: 'Qwen/Qwen3-VL-2B-Instruct',
  revision: '89644892e4d85e24eaac8bacfd4f463576704203',
  preset: 'balanced',
} as const;
const LISTED: ModelRequest[] = [
  { id: 'two', name: 'Two', source: HUB },
  {
    id: 'odd',
    name: 'Odd',
    source: { kind: 'package', url: 'https://h.example.org/a/?key=1', hosts: ['https://cdn.example.org'] },
  },
];
const may = (): MayFetch => new MayFetch(() => Promise.resolve(LISTED));
const asked = (source: ModelSource, id = 'a'): ModelRequest => ({ id, name: 'A', source });

test('an entry of the catalogue is fetched from the addresses in the catalogue', async () => {
  for (const model of LISTED) await may().permitted(model);
});

test('a plain link is fetched', async () => {
  await may().permitted(asked({ ...HUB, repo: 'some/other', revision: 'main' }));
  await may().permitted(asked({ ...HUB, revision: 'refs/pr/1' }));
  await may().permitted(asked({ kind: 'package', url: 'https://h.example.org/models/two/' }));
  await may().permitted(asked({ kind: 'package', url: 'http://localhost:9000/p/' }));
});

test.each<[string, ModelSource]>([
  ['a query', { kind: 'package', url: 'https://h.example.org/a/?photo=abc' }],
  ['an empty query', { kind: 'package', url: 'https://h.example.org/a/?' }],
  ['a fragment', { kind: 'package', url: 'https://h.example.org/a/#abc' }],
  ['a name', { kind: 'package', url: 'https://abc@h.example.org/a/' }],
  ['a password', { kind: 'package', url: 'https://:abc@h.example.org/a/' }],
  ['no web address', { kind: 'package', url: 'ftp://h.example.org/a/' }],
  ['an open line elsewhere', { kind: 'package', url: 'http://h.example.org/a/' }],
  ['a long path', { kind: 'package', url: `https://h.example.org/${'a'.repeat(200)}/` }],
  ['a path in the hub’s address', { ...HUB, endpoint: 'https://hub.example.org/abc' }],
  ['a query in the hub’s address', { ...HUB, endpoint: 'https://hub.example.org/?abc' }],
  ['a query in the name', { ...HUB, repo: 'a/b?photo=abc' }],
  ['a longer path in the name', { ...HUB, repo: 'a/b/c' }],
  ['a way up in the name', { ...HUB, repo: '../b' }],
  ['a query in the revision', { ...HUB, revision: 'main?photo=abc' }],
  ['a way up in the revision', { ...HUB, revision: '../../abc' }],
  ['a long revision', { ...HUB, revision: 'a'.repeat(200) }],
  ['long names of files', { ...HUB, gguf: [`${'a'.repeat(90)}.gguf`, `${'b'.repeat(90)}.gguf`] }],
  ['a query in the repository of side files', { ...HUB, sideFiles: { repo: 'a/b?abc', revision: 'main' } }],
  [
    'a long repository of side files',
    { ...HUB, sideFiles: { repo: `a/${'b'.repeat(96)}`, revision: 'c'.repeat(90) } },
  ],
  ['a host with a path', { ...HUB, hosts: ['https://h.example.org/abc'] }],
  ['a host of any name', { ...HUB, hosts: ['*'] }],
])('a link with %s is not', async (_, source) => {
  await expect(may().permitted(asked(source))).rejects.toMatchObject({ code: 'bad-request' });
  await expect(may().permitted(asked(source, 'two'))).rejects.toMatchObject({ code: 'bad-request' });
});

test('a link’s list of files is not used, because the names in it become addresses', async () => {
  const files = { 'photo-abc.gguf': { bytes: 1, sha256: 'a'.repeat(64) } };
  const { source } = await may().permitted(asked({ ...HUB, repo: 'some/other', files }));
  expect(source).not.toHaveProperty('files');
});

test('the number of links per visit is limited', async () => {
  const fetches = may();
  const link = (n: number): ModelRequest => asked({ ...HUB, repo: `a/b${n}` }, `a${n}`);
  for (let n = 0; n < 8; n++) await fetches.permitted(link(n));
  await fetches.permitted(link(0));
  await expect(fetches.permitted(link(8))).rejects.toMatchObject({ code: 'bad-request' });
});
