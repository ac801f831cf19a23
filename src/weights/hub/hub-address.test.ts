import { expect, test } from 'vitest';
import { fileUrl, isPinned, parseHubAddress } from './hub-address.ts';

const endpoint = 'https://huggingface.co';
const repo = 'Qwen/Qwen3-VL-2B-Instruct';

test('names and addresses that people paste are understood', () => {
  const ways: [string, string][] = [
    [repo, 'main'],
    [` ${repo} `, 'main'],
    [`${repo}@v1`, 'v1'],
    [`${endpoint}/${repo}`, 'main'],
    [`${endpoint}/${repo}/tree/refs%2Fpr%2F1`, 'refs/pr/1'],
    [`${endpoint}/${repo}/resolve/abc/config.json`, 'abc'],
  ];
  for (const [text, revision] of ways) expect(parseHubAddress(text)).toEqual({ endpoint, repo, revision });
  expect(parseHubAddress('http://mirror.local:8080/a/b').endpoint).toBe('http://mirror.local:8080');
});

test('an address that is no model on a hub is refused', () => {
  for (const text of ['', 'Qwen', 'a/b/c', 'https://huggingface.co/', 'file:///a/b/c'])
    expect(() => parseHubAddress(text)).toThrow('is not a model on a hub');
});

test('a file lies under its revision', () => {
  const source = { kind: 'hub', endpoint: `${endpoint}/`, repo, revision: 'main', preset: 'small' } as const;
  expect(fileUrl(source, 'refs/pr/1', 'config.json')).toBe(
    `${endpoint}/${repo}/resolve/refs%2Fpr%2F1/config.json`,
  );
  expect(isPinned('main')).toBe(false);
  expect(isPinned('0123456789abcdef0123456789abcdef01234567')).toBe(true);
});
