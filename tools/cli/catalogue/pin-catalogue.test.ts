import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PACE } from '../../../src/weights/download/pace.ts';
import { parseCatalogue } from '../../../src/weights/catalogue.ts';
import { COMMIT, Host } from '../../tests/weights/host.ts';
import { pinCatalogue } from './pin-catalogue.ts';

const FOLDER = 'tools/reference/fixtures/moe-untied';
let host: Host;

beforeAll(async () => {
  host = await Host.start();
  host.serveRepo('test/moe', FOLDER);
});
afterAll(() => host.stop());

/** The app's own catalogue, changed so that its larger models come from the local hub. */
function catalogue(): { models: { id: string; source: Record<string, unknown> }[] } {
  const own = JSON.parse(readFileSync('public/models/index.json', 'utf8')) as ReturnType<typeof catalogue>;
  for (const { source } of own.models) {
    if (source.kind === 'hub') Object.assign(source, { endpoint: host.origin, repo: 'test/moe' });
  }
  return { models: own.models.slice(0, 3) };
}

const pin = (of: unknown) => pinCatalogue(of, { pace: PACE }, new AbortController().signal);

test('each model of a hub gets its commit and the SHA-256 of its files', async () => {
  const own = catalogue();
  own.models.forEach(
    ({ source }, index) => source.kind === 'hub' && index === 2 && (source.revision = 'main'),
  );
  const pinned = await pin(own);
  expect(pinned.map(({ revision }) => revision)).toEqual([own.models[1]?.source.revision, COMMIT]);
  const expected = Object.fromEntries(
    readdirSync(FOLDER).map((name) => {
      const bytes = readFileSync(join(FOLDER, name));
      return [
        name,
        { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
      ] as const;
    }),
  );
  expect(own.models[2]?.source).toMatchObject({ revision: COMMIT, files: expected });
  // The app reads the same pins that the tool has written.
  const read = parseCatalogue(own, 'https://example.org/models/index.json');
  expect(read.find(({ id }) => id === own.models[2]?.id)?.source).toMatchObject({ files: expected });
});

test('the catalogue takes no small file that differs from the hub’s list', async () => {
  host.fault = ({ path }) => (path.endsWith('/config.json') ? { kind: 'flipped', at: 0.5 } : undefined);
  await expect(pin(catalogue())).rejects.toMatchObject({ code: 'corrupt-shard' });
  host.fault = () => undefined;
});

test('the failure names a host that lists nothing', async () => {
  host.hasApi = false;
  await expect(pin(catalogue())).rejects.toThrow('does not list the files of test/moe');
  host.hasApi = true;
});

test('the catalogue accepts no hashes beside a branch', () => {
  const own = catalogue();
  Object.assign(own.models[1]!.source, { revision: 'main', files: {} });
  expect(() => parseCatalogue(own, 'https://example.org/')).toThrow('must not stand beside a branch');
});
