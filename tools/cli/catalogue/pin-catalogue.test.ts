import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

interface Entry {
  id: string;
  source: Record<string, unknown>;
  variants?: Record<string, { source?: Record<string, unknown> }>;
}

/** The first entries of the app's own catalogue, changed so that they come from safetensors files on the local hub. */
function catalogue(): { models: Entry[] } {
  const own = JSON.parse(readFileSync('public/models/index.json', 'utf8')) as { models: Entry[] };
  const models = own.models.slice(0, 3);
  for (const model of models) {
    if (model.source.kind !== 'hub') continue;
    const { sideFiles, kind, preset } = model.source as { sideFiles: object; kind: string; preset: string };
    model.source = { kind, preset, ...sideFiles, endpoint: host.origin, repo: 'test/moe' };
    delete model.variants;
  }
  return { models };
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

test('GGUF files get their SHA-256, and the repository of their side files gets its commit', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gguf-'));
  const [language, vision] = ['model-Q8_0.gguf', 'mmproj-Q8_0.gguf'];
  for (const name of [language, vision, 'other-F16.gguf']) writeFileSync(join(folder, name), name);
  host.serveRepo('test/gguf', folder);
  const own = catalogue();
  const files = {
    repo: 'test/gguf',
    gguf: [language, vision],
    sideFiles: { repo: 'test/moe', revision: 'main' },
  };
  own.models[1]!.variants = { small: { source: { ...files, revision: 'main' } } };
  const pinned = await pin(own);
  rmSync(folder, { recursive: true });
  expect(pinned.map(({ id }) => id)).toContain(`${own.models[1]!.id}-small`);
  const sha256 = (name: string): string => createHash('sha256').update(name).digest('hex');
  expect(own.models[1]!.variants['small']!.source).toEqual({
    ...{ ...files, revision: COMMIT, sideFiles: { repo: 'test/moe', revision: COMMIT } },
    files: Object.fromEntries(
      [language, vision].map((name) => [name, { bytes: name.length, sha256: sha256(name) }]),
    ),
  });
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
