// Tests, on the real servers, the rules that `npm run headers` prints. Every file must have its content type and the
// headers of its role, and the built-in model must answer in the page.

import { expect, test } from '@playwright/test';
import { readdirSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { answered, arrive, ask, said } from '../../../e2e/person.ts';
import { samples } from '../../../e2e/samples.ts';
import { policyHeaders } from '../../../src/policy/headers.ts';
import { roleFiles, roleOf } from '../../../src/policy/roles.ts';
import { hostsOf } from '../../build/policy.ts';
import { HOSTING_PORT } from '../support/places.ts';
import { findServer, SERVERS, WebServer } from './servers.ts';

/** Required content types: with `nosniff`, a browser rejects these files under any other type. */
const TYPES: Record<string, RegExp> = {
  '.css': /^text\/css/,
  '.html': /^text\/html/,
  '.js': /^(text|application)\/javascript/,
  '.json': /^application\/json/,
  '.mjs': /^(text|application)\/javascript/,
  '.png': /^image\/png/,
  '.svg': /^image\/svg\+xml/,
  '.wasm': /^application\/wasm/,
  '.webmanifest': /^application\/manifest\+json/,
  '.webp': /^image\/webp/,
  '.woff2': /^font\/woff2/,
};

/** Further paths: the start page, and a missing file. */
const OTHER_PATHS = ['', 'nowhere.html'];

const files = readdirSync('dist', { recursive: true, encoding: 'utf8' })
  .filter((name) => statSync(join('dist', name)).isFile())
  .map((name) => name.split(sep).join('/'))
  .filter((name) => !/^_headers$|\.br$/.test(name));

const roles = roleFiles(files);

for (const [index, name] of SERVERS.entries()) {
  test(`${name} with the printed rules sends types and headers, and the built-in model answers`, async ({
    page,
  }) => {
    test.setTimeout(300_000);
    const found = findServer(name);
    test.skip('lacking' in found, 'lacking' in found ? found.lacking : '');
    if ('lacking' in found) return;
    const server = await WebServer.start(name, found.files, HOSTING_PORT + index);
    try {
      const hosts = hostsOf('public/models/index.json');
      for (const path of [...files, ...OTHER_PATHS]) {
        const response = await fetch(server.address + path, { method: 'HEAD' });
        expect(response.status, path).toBe(path.includes('nowhere') ? 404 : 200);
        const role = roleOf(`/${path}`, roles);
        for (const [header, value] of Object.entries(policyHeaders(role, hosts, roles)))
          expect(response.headers.get(header), `${header} of /${path}`).toBe(value);
        const type = response.status === 200 ? TYPES[extname(path)] : undefined;
        if (type !== undefined) expect(response.headers.get('content-type'), path).toMatch(type);
      }
      const runtime = files.find((path) => path.endsWith('.wasm')) ?? '';
      const packed = await fetch(server.address + runtime, { headers: { 'accept-encoding': 'gzip' } });
      expect(packed.headers.get('content-encoding'), runtime).toBe('gzip');

      await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 16 }, server.address);
      const sample = samples[0]!;
      await page.getByLabel('Add pictures').first().setInputFiles(sample.files);
      await ask(page, sample.questions[0]!.words);
      expect(await said(await answered(page, 1))).not.toBe('');
    } finally {
      await server.stop();
    }
  });
}
