import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { get, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { build, preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { precompress } from './precompressed.ts';

const TEXT = JSON.stringify(Array.from({ length: 2000 }, (_, number) => ({ number })));
const NOISE = Uint8Array.from({ length: 40_000 }, (_, i) => createHash('md5').update(`${i}`).digest()[0]!);

let folder: string;
let server: PreviewServer;
let origin: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'precompressed-'));
  const outDir = join(folder, 'dist');
  const publicDir = join(folder, 'public');
  mkdirSync(publicDir);
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Here</title>');
  writeFileSync(join(publicDir, 'list.json'), TEXT);
  writeFileSync(join(publicDir, 'noise.wasm'), NOISE);
  const config = { configFile: false as const, root: folder, plugins: [precompress(outDir)] };
  await build({ ...config, logLevel: 'silent', publicDir, build: { outDir } });
  server = await preview({ ...config, logLevel: 'silent', build: { outDir }, preview: { port: 0 } });
  origin = server.resolvedUrls?.local[0] ?? '';
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(origin + path, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    }).on('error', reject);
  });
}

test('the server sends a file in Brotli, in gzip or uncompressed, as the browser accepts', async () => {
  const brotli = await ask('list.json', { 'accept-encoding': 'gzip, deflate, br' });
  expect(brotli.headers).toMatchObject({
    'content-encoding': 'br',
    'content-type': 'application/json',
    'content-length': String(brotli.body.length),
  });
  expect(brotliDecompressSync(brotli.body).toString()).toBe(TEXT);
  expect(brotli.body.length).toBeLessThan(TEXT.length / 4);
  const gzip = await ask('list.json', { 'accept-encoding': 'gzip, br;q=0' });
  expect(gzip.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(gzip.body).toString()).toBe(TEXT);
  const plain = await ask('list.json');
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.body.toString()).toBe(TEXT);
  for (const { headers } of [brotli, gzip, plain]) expect(headers.vary).toContain('Accept-Encoding');
});

test('a range is a part of the uncompressed file, under the ETag of the compressed one', async () => {
  const whole = await ask('list.json', { 'accept-encoding': 'br' });
  const part = await ask('list.json', { 'accept-encoding': 'br', range: 'bytes=100-199' });
  expect(part.status).toBe(206);
  expect(part.headers['content-encoding']).toBeUndefined();
  expect(part.headers['content-range']).toBe(`bytes 100-199/${TEXT.length}`);
  expect(part.body.toString()).toBe(TEXT.slice(100, 200));
  expect(part.headers.etag).toBe(whole.headers.etag);
  const again = await ask('list.json', {
    'accept-encoding': 'br',
    'if-none-match': whole.headers.etag ?? 'none',
  });
  expect([again.status, again.body.length]).toEqual([304, 0]);
});

test('the server sends a file uncompressed if compression gains nothing, or if it changed after the build', async () => {
  const noise = await ask('noise.wasm', { 'accept-encoding': 'br' });
  expect(noise.headers['content-encoding']).toBeUndefined();
  expect(noise.body.equals(NOISE)).toBe(true);
  const file = join(folder, 'dist/list.json');
  writeFileSync(file, '[]');
  utimesSync(file, new Date(), new Date(Date.now() + 1000));
  expect((await ask('list.json', { 'accept-encoding': 'br' })).body.toString()).toBe('[]');
});

test('the server sends nothing outside of the folder', async () => {
  const secret = 'a secret'.repeat(500);
  writeFileSync(join(folder, 'outside.json'), secret);
  writeFileSync(join(folder, 'outside.json.br'), secret);
  for (const path of [
    '..%2foutside.json',
    '%2e%2e/outside.json',
    '..%5coutside.json',
    '%00.json',
    '%zz.json',
  ]) {
    const { body } = await ask(path, { 'accept-encoding': 'br' });
    expect(body.toString()).not.toContain('a secret');
  }
});
