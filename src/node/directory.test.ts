import { mkdtemp, open, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { convert } from '../convert/convert.ts';
import { checkpointFiles, config, model, weight } from '../../tools/tests/support/synthetic-checkpoint.ts';
import { dequantizeRows } from '../format/blocks.ts';
import { shardFile } from '../format/manifest.ts';
import { expertBlob, tensorBlob, tensorEntry } from '../format/read-package.ts';
import { DirectorySink } from './directory-sink.ts';
import { DirectorySource } from './directory-source.ts';
import { openDirectoryStore } from './directory-store.ts';
import { verifyShards } from './verify-shards.ts';

const Q_PROJ = 'model.language_model.layers.0.self_attn.q_proj.weight';
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'darkroom-'));
  for (const [name, bytes] of checkpointFiles(config('moe'), model('moe')))
    await writeFile(join(root, name), bytes);
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function convertTo(directory: string) {
  const source = new DirectorySource(root);
  const target = join(root, directory);
  const report = await convert(source, new DirectorySink(target), { preset: 'balanced', shardBytes: 8192 });
  await source.close();
  return { target, report };
}

describe('a package in a directory', () => {
  it('is written completely and read back through Blobs', async () => {
    const { target, report } = await convertTo('package');
    expect((await readdir(target)).filter((name) => name.endsWith('.part'))).toEqual([]);
    const store = await openDirectoryStore(target);
    expect(store.manifest).toEqual(report.manifest);
    expect(new TextDecoder().decode(await store.file('tokenizer.json'))).toBe('{"version":"1.0"}');

    const entry = tensorEntry(store, Q_PROJ);
    const data = await (await tensorBlob(store, entry)).arrayBuffer();
    const scales = await (await tensorBlob(store, tensorEntry(store, `${Q_PROJ}.scales`))).arrayBuffer();
    const values = dequantizeRows(new Uint8Array(data), new Uint16Array(scales), 64, { bits: 4, block: 32 });
    values.forEach((value, i) => expect(Math.abs(value - weight(Q_PROJ, i))).toBeLessThan(0.15));
    expect((await expertBlob(store, 1, 3)).size).toBe(report.manifest.experts[0]?.bytes);
    await expect(expertBlob(store, 0, 0)).rejects.toThrow('no experts for layer 0');
  });

  it('refuses a side file that differs from the manifest', async () => {
    const { target } = await convertTo('swapped');
    const text = '{"version":"1.1"}';
    await writeFile(join(target, 'tokenizer.json'), text);
    await writeFile(join(target, 'chat_template.json'), '{"chat_template":"not in the manifest"}');
    const store = await openDirectoryStore(target);
    await expect(store.file('tokenizer.json')).rejects.toMatchObject({ code: 'corrupt-shard' });
    await expect(store.file('chat_template.json')).rejects.toMatchObject({ code: 'missing-file' });
  });

  it('joins a tensor that lies in several shards', async () => {
    const { target } = await convertTo('cut');
    const store = await openDirectoryStore(target);
    const name = 'model.visual.merger.linear_fc1.weight';
    const entry = tensorEntry(store, name);
    expect(entry.rest?.length).toBeGreaterThan(0);
    expect((await tensorBlob(store, entry)).size).toBe(64 * 64 * 2);
  });

  it('names the shard that is too short or missing', async () => {
    const { target, report } = await convertTo('damaged');
    const store = await openDirectoryStore(target);
    const [first, second] = report.manifest.shards.map((shard) => join(target, shardFile(shard)));
    await truncate(first ?? '', 100);
    await rm(second ?? '');
    await expect(store.shard(0)).rejects.toMatchObject({ code: 'corrupt-shard' });
    await expect(store.shard(1)).rejects.toMatchObject({ code: 'missing-file' });
    await expect(openDirectoryStore(root)).rejects.toMatchObject({ code: 'missing-file' });
  });
});

test('verifyShards finds one changed byte in a shard', async () => {
  const { target, report } = await convertTo('changed');
  await expect(verifyShards(await openDirectoryStore(target))).resolves.toBeUndefined();
  const second = shardFile(report.manifest.shards[1]!);
  const file = await open(join(target, second), 'r+');
  await file.write('!', 5000);
  await file.close();
  await expect(verifyShards(await openDirectoryStore(target))).rejects.toThrow(
    `${second} does not match its hash`,
  );
});
