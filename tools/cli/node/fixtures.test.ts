// Tests the converter on the checkpoints that the reference implementation wrote.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint, readExactly } from '../../../src/convert/checkpoint.ts';
import { convert } from '../../../src/convert/convert.ts';
import type { PresetName } from '../../../src/convert/precision.ts';
import { tensorBlob } from '../../../src/format/read-package.ts';
import { DirectorySink } from '../../../src/node/directory-sink.ts';
import { DirectorySource } from '../../../src/node/directory-source.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';

const FIXTURES = fileURLToPath(new URL('../../reference/fixtures/', import.meta.url));
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'darkroom-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function convertFixture(name: string, preset: PresetName) {
  await using source = new DirectorySource(join(FIXTURES, name));
  return await convert(source, new DirectorySink(join(root, `${name}-${preset}`)), { preset });
}

const checkpoints = await readdir(FIXTURES);

describe.each(checkpoints)('the fixture %s', (name) => {
  it('is stored without loss by the exact preset, which uses every tensor of the model', async () => {
    const { unused, losses } = await convertFixture(name, 'exact');
    expect(unused).toEqual([]);
    expect([...losses.values()].every((loss) => loss.error === 0)).toBe(true);
    await using source = new DirectorySource(join(FIXTURES, name));
    const { tensors } = await openCheckpoint(source);
    const store = await openDirectoryStore(join(root, `${name}-exact`));
    for (const [key, entry] of Object.entries(store.manifest.tensors)) {
      const stored = tensors.get(key);
      if (!stored || stored.dtype === 'F8_E4M3') continue;
      const original = await readExactly(source, stored.file, stored.start, stored.end);
      const packaged = await (await tensorBlob(store, entry)).arrayBuffer();
      expect(Buffer.compare(original, Buffer.from(packaged)), key).toBe(0);
    }
  });

  it('loses about 8 % of RMS in 4 bits, and half a percent in 8 bits', async () => {
    const { losses } = await convertFixture(name, 'balanced');
    const relative = (kind: string) => {
      const loss = losses.get(kind);
      return loss ? Math.sqrt(loss.error / loss.power) : undefined;
    };
    for (const kind of ['attention', 'mlp', 'experts']) expect(relative(kind) ?? 0, kind).toBeLessThan(0.084);
    for (const kind of ['embedding', 'tied embedding', 'head'])
      expect(relative(kind) ?? 0, kind).toBeLessThan(0.0055);
    expect(relative('router') ?? 0).toBeLessThan(1e-4);
    expect(losses.get('norm')?.error).toBe(0);
  });
});
