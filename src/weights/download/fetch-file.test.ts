// Tests hosts that ask the client to wait, or send very slowly, over real HTTP from this machine to itself.

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { fetchPart, fetchSmall, type Transfers } from './fetch-file.ts';
import { Hosts } from './hosts.ts';

let server: Server | undefined;
const never = new AbortController().signal;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function host(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
}

/** `stallMs`: short if the test waits for a stall, otherwise long enough for a busy machine. */
function transfers(onRetry: Transfers['onRetry'] = () => undefined, stallMs = 20_000): Transfers {
  return { pace: { stallMs, attempts: 3, firstWaitMs: 1, longestWaitMs: 5, lanes: 1 }, onRetry };
}

test('if a host says when to return, no request is sent earlier', async () => {
  const waits: number[] = [];
  let count = 0;
  const url = await host((_, response) => {
    if (++count > 2) response.end('here');
    else response.writeHead(count === 1 ? 429 : 503, { 'Retry-After': '1' }).end();
  });
  const got = await fetchSmall(
    { url, name: 'file', hosts: new Hosts(url, {}) },
    100,
    transfers(({ waitMs }) => waits.push(waitMs)),
    never,
  );
  expect(new TextDecoder().decode(got.bytes)).toBe('here');
  expect(waits).toHaveLength(2);
  for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(1000);
});

test('a host may give the end of the wait as a date; a wait of hours is refused', async () => {
  const url = await host((_, response) => {
    const later = new Date(Date.now() + 3 * 3_600_000).toUTCString();
    response.writeHead(429, { 'Retry-After': later }).end();
  });
  const asked = { url, name: 'file', hosts: new Hosts(url, {}) };
  await expect(fetchSmall(asked, 100, transfers(), never)).rejects.toMatchObject({ code: 'network' });
});

test('a transfer from a host that sends a byte now and then is abandoned', async () => {
  let asked = 0;
  const url = await host((request, response) => {
    asked++;
    const from = Number(/bytes=(\d+)/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(206, { 'Content-Range': `bytes ${from}-99999/100000`, ETag: '"a"' });
    const timer = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(timer));
  });
  const wanted = {
    url,
    name: 'file',
    hosts: new Hosts(url, {}),
    start: 0,
    end: 100_000,
    fileBytes: 100_000,
    etag: '"a"',
  };
  await expect(fetchPart({ ...wanted, start: 10 }, transfers(undefined, 400), never)).rejects.toMatchObject({
    code: 'stalled',
  });
  expect(asked).toBe(3);
}, 60_000);
