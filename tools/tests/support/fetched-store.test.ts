import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { MANIFEST_FILE, MANIFEST_VERSION, type Manifest } from '../../../src/format/manifest.ts';
import { openFetchedStore } from './fetched-store.ts';

const config = Buffer.from('{"model_type": "qwen3_vl"}');
const shard = emptySafetensors();
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const shardName = `${sha256(shard)}.safetensors`;

const manifest: Manifest = {
  format: 'darkroom-package',
  version: MANIFEST_VERSION,
  preset: 'exact',
  files: [{ name: 'config.json', bytes: config.length, sha256: sha256(config) }],
  shards: [{ sha256: sha256(shard), bytes: shard.length }],
  tensors: {},
  experts: [],
};

/** A safetensors file that holds one tensor of four bytes. */
function emptySafetensors(): Buffer {
  const header = Buffer.from(JSON.stringify({ a: { dtype: 'U8', shape: [4], data_offsets: [0, 4] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.from([1, 2, 3, 4])]);
}

/** The server's files by name; a string is sent as a web page. */
let files: Map<string, Buffer | string>;
let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const found = files.get((request.url ?? '').replace('/package/', ''));
    if (found === undefined) response.writeHead(404).end();
    else if (typeof found === 'string') response.writeHead(200, { 'content-type': 'text/html' }).end(found);
    else response.end(found);
  });
  await new Promise<void>((listening) => server.listen(0, 'localhost', listening));
  base = `http://localhost:${(server.address() as AddressInfo).port}/package`;
});

afterAll(() => {
  server.close();
});

beforeEach(() => {
  files = new Map<string, Buffer | string>([
    [MANIFEST_FILE, Buffer.from(JSON.stringify(manifest))],
    ['config.json', config],
    [shardName, shard],
  ]);
});

const open = (signal = new AbortController().signal): ReturnType<typeof openFetchedStore> =>
  openFetchedStore(base, () => undefined, signal);

async function failureOf(opening: Promise<unknown>): Promise<Failure> {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error('expected a Failure', { cause: error });
  return error;
}

test('a complete package opens, reports its bytes and hands over files and shards', async () => {
  const seen: [number, number][] = [];
  const store = await openFetchedStore(
    `${base}/`,
    (...progress) => seen.push(progress),
    new AbortController().signal,
  );
  const total = config.length + shard.length;
  expect(seen[0]).toEqual([0, total]);
  expect(seen.at(-1)).toEqual([total, total]);
  expect(Buffer.from(await store.file('config.json'))).toEqual(config);
  expect(Buffer.from(await (await store.shard(0)).arrayBuffer())).toEqual(shard);
  expect((await failureOf(store.file('other.json'))).code).toBe('missing-file');
});

test('the store refuses a shard with one wrong byte, and names it', async () => {
  const wrong = Buffer.from(shard);
  wrong[wrong.length - 1] = 9;
  files.set(shardName, wrong);
  const failure = await failureOf(open());
  expect(failure.code).toBe('corrupt-shard');
  expect(failure.message).toContain(shardName);
});

test('the store refuses a side file that is too short', async () => {
  files.set('config.json', config.subarray(1));
  const failure = await failureOf(open());
  expect(failure.code).toBe('corrupt-shard');
  expect(failure.message).toContain(`${config.length - 1} bytes`);
});

test('the store distinguishes a missing file from a web page in its place', async () => {
  files.delete(shardName);
  expect((await failureOf(open())).code).toBe('missing-file');
  files.set(shardName, '<!doctype html>');
  expect((await failureOf(open())).code).toBe('web-page');
});

test('a manifest that is not JSON is a bad manifest', async () => {
  files.set(MANIFEST_FILE, Buffer.from('not json'));
  expect((await failureOf(open())).code).toBe('bad-manifest');
});

test('an unreachable host is a network failure', async () => {
  const nobody = openFetchedStore('http://localhost:9/', () => undefined, new AbortController().signal);
  expect((await failureOf(nobody)).code).toBe('network');
});

test('an abort throws an AbortError', async () => {
  await expect(open(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
});
