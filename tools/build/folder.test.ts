import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveFolder } from './folder.ts';

let root: string;
let server: ViteDevServer;
let port: number;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'serve-folder-'));
  mkdirSync(join(root, 'site'));
  mkdirSync(join(root, 'served/one package'), { recursive: true });
  mkdirSync(join(root, 'served/not a package'));
  writeFileSync(join(root, 'served/one package/manifest.json'), '{"a":1}');
  writeFileSync(join(root, 'secret.txt'), 'secret');
  mkdirSync(join(root, 'elsewhere'));
  writeFileSync(join(root, 'elsewhere/manifest.json'), 'secret');
  symlinkSync(join(root, 'secret.txt'), join(root, 'served/one package/link.txt'));
  symlinkSync(join(root, 'elsewhere'), join(root, 'served/linked'));
  symlinkSync(join(root, 'served/one package/manifest.json'), join(root, 'served/one package/own.json'));
  symlinkSync(join(root, 'served'), join(root, 'by-a-link'));
  server = await createServer({
    configFile: false,
    root: join(root, 'site'),
    appType: 'mpa',
    logLevel: 'silent',
    server: { port: 0, host: '127.0.0.1', ws: false },
    plugins: [
      serveFolder({ path: '/packages/', folder: join(root, 'served'), listed: true }),
      serveFolder({ path: '/linked/', folder: join(root, 'by-a-link') }),
    ],
  });
  await server.listen();
  port = (server.httpServer?.address() as AddressInfo).port;
});

afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});

/** Sends a plain request, because fetch would resolve `..` before sending. */
function get(path: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() });
      });
    });
    sent.on('error', reject).end();
  });
}

test('the plugin serves the files of the folder, and no others', async () => {
  expect(await get('/packages/one%20package/manifest.json')).toEqual({ status: 200, body: '{"a":1}' });
  expect((await get('/packages/one%20package/other.json')).status).toBe(404);
  expect((await get('/packages/one%20package')).status).toBe(404);
});

test('no path leads out of the folder', async () => {
  const ways = ['/packages/../secret.txt', '/packages/%2e%2e/secret.txt', '/packages/..%2fsecret.txt'];
  for (const way of ways) expect((await get(way)).body).not.toContain('secret');
});

test('the list names the folders that hold a manifest', async () => {
  const { body } = await get('/packages/index.json');
  expect(JSON.parse(body)).toEqual({ packages: [{ name: 'one package', url: '/packages/one%20package/' }] });
});

test('the plugin refuses links out of the folder, but not links within it', async () => {
  for (const path of ['one%20package/link.txt', 'linked/manifest.json']) {
    const { status, body } = await get(`/packages/${path}`);
    expect(status).toBe(404);
    expect(body).not.toContain('secret');
  }
  expect((await get('/packages/index.json')).body).not.toContain('"linked"');
  expect(await get('/packages/one%20package/own.json')).toEqual({ status: 200, body: '{"a":1}' });
  // The served folder itself may be a link, because the caller chose it.
  expect((await get('/linked/one%20package/manifest.json')).status).toBe(200);
});
