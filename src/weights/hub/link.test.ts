import { expect, test } from 'vitest';
import { readLink } from './link.ts';

const PAGE = 'https://example.org/app/';
const read = (text: string) => readLink(text, PAGE, 'balanced');

test('a repository is recognised by its name, its page, or the page of a file in it', () => {
  const source = {
    kind: 'hub',
    endpoint: 'https://huggingface.co',
    repo: 'Qwen/Qwen3-VL-2B-Instruct',
    revision: 'main',
    preset: 'balanced',
  };
  const id = 'https://huggingface.co/Qwen/Qwen3-VL-2B-Instruct@main balanced';
  for (const text of [
    'Qwen/Qwen3-VL-2B-Instruct',
    ' https://huggingface.co/Qwen/Qwen3-VL-2B-Instruct ',
    'https://huggingface.co/Qwen/Qwen3-VL-2B-Instruct/blob/main/config.json',
  ]) {
    expect(read(text)).toEqual({ id, name: 'Qwen3-VL-2B-Instruct', source });
  }
  expect(read('http://mirror.local:8080/a/b/tree/v1').source).toMatchObject({
    endpoint: 'http://mirror.local:8080',
    revision: 'v1',
  });
});

test('a package is a folder on any other host, given with or without its manifest', () => {
  const source = { kind: 'package', url: 'https://cdn.example/models/small%20one/' };
  const ways = ['', '/', '/manifest.json'].map((end) => `https://cdn.example/models/small%20one${end}`);
  for (const way of ways) expect(read(way)).toEqual({ id: source.url, name: 'small one', source });
});

test('the name in a link cannot reverse the sentence that asks about it', () => {
  expect(read('https://evil.example/a%E2%80%AEgro.sdoog/').name).toBe('a[U+202E]gro.sdoog');
  expect(read('https://evil.example/%FF/').name).toBe('%FF');
});

test('relative addresses are resolved against the page', () => {
  expect(read('./models/demo').source).toEqual({ kind: 'package', url: `${PAGE}models/demo/` });
  expect(read('/packages/a/').id).toBe('https://example.org/packages/a/');
});

test('an address of neither a repository nor a package is refused', () => {
  for (const text of ['', 'Qwen', 'javascript:alert(1)', 'ftp://host/a/', 'https://host/', 'http://']) {
    expect(() => read(text), text).toThrow();
  }
});

test('a link to a GGUF file names the file that the model is read from', () => {
  const file = 'Qwen3VL-2B-Instruct-Q4_K_M.gguf';
  const address = `https://huggingface.co/Qwen/Qwen3-VL-2B-Instruct-GGUF/blob/main/${file}?download=true`;
  expect(read(address)).toMatchObject({
    id: `https://huggingface.co/Qwen/Qwen3-VL-2B-Instruct-GGUF@main ${file} balanced`,
    name: 'Qwen3VL-2B-Instruct-Q4_K_M',
    source: { repo: 'Qwen/Qwen3-VL-2B-Instruct-GGUF', gguf: [file] },
  });
});
