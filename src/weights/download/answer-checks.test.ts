import { expect, test } from 'vitest';
import { Failure } from '../../failure.ts';
import { checkAnswer } from './answer-checks.ts';
import { Hosts } from './hosts.ts';

function codeOf(
  status: number,
  headers: Record<string, string>,
  part?: { start: number; end: number },
): string {
  try {
    checkAnswer(new Response(null, { status, headers }), 'x.safetensors', part);
    return 'taken';
  } catch (error) {
    return error instanceof Failure ? error.code : String(error);
  }
}

const part = { start: 100, end: 200 };

test('each refusal has its own code', () => {
  expect(codeOf(200, {})).toBe('taken');
  expect(codeOf(404, { 'content-type': 'text/html' })).toBe('missing-file');
  expect(codeOf(401, {})).toBe('forbidden');
  expect(codeOf(403, {})).toBe('forbidden');
  expect(codeOf(412, {})).toBe('changed-file');
  expect(codeOf(416, {}, part)).toBe('wrong-range');
  expect(codeOf(429, {})).toBe('network');
  expect(codeOf(503, {})).toBe('network');
  expect(codeOf(200, { 'content-type': 'text/html; charset=utf-8' })).toBe('web-page');
});

test('only the requested part is accepted', () => {
  expect(codeOf(206, { 'content-range': 'bytes 100-199/1000' }, part)).toBe('taken');
  expect(codeOf(206, { 'content-range': 'bytes 100-150/1000' }, part)).toBe('taken');
  expect(codeOf(206, { 'content-range': 'bytes 99-199/1000' }, part)).toBe('wrong-range');
  expect(codeOf(206, { 'content-range': 'bytes 100-200/1000' }, part)).toBe('wrong-range');
  expect(codeOf(206, {}, part)).toBe('wrong-range');
  expect(codeOf(206, { 'content-range': 'bytes 100-199/1000' })).toBe('wrong-range');
});

test('the facts about the file in a response are returned', () => {
  const headers = { 'content-range': 'bytes 100-199/1000', etag: 'W/"a"' };
  const facts = checkAnswer(new Response(null, { status: 206, headers }), 'x', part);
  expect(facts).toEqual({ isPart: true, start: 100, fileBytes: 1000, etag: '"a"' });
  const packed = { 'content-length': '10', 'content-encoding': 'gzip' };
  expect(checkAnswer(new Response(null, { headers: packed }), 'x', undefined).fileBytes).toBeUndefined();
  const apache = { etag: 'W/"a-gzip"', 'content-encoding': 'gzip' };
  expect(checkAnswer(new Response(null, { headers: apache }), 'x', undefined).etag).toBe('"a"');
});

test('the first host is pinned, and is then the only one allowed', () => {
  const pinned: string[] = [];
  const hosts = new Hosts('https://hub.example/a/', { onPin: (origin) => pinned.push(origin) });
  hosts.check('https://hub.example/b');
  hosts.check('https://cdn.example/x?signed');
  hosts.check('https://cdn.example/y');
  expect(() => hosts.check('https://other.example/y')).toThrow('not among the hosts allowed');
  expect(pinned).toEqual(['https://cdn.example']);
});

test('if hosts are named, no other is accepted', () => {
  const hosts = new Hosts('https://hub.example/', { named: ['https://cdn.example/'] });
  hosts.check('https://cdn.example/x');
  expect(() => hosts.check('https://other.example/x')).toThrow('not among the hosts allowed');
});
