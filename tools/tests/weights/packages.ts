// Packages and checkpoints that the tests serve: the committed fixtures, converted either into many small shards (so
// that faults can strike at many places) or with the converter's own command line.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { convert } from '../../../src/convert/convert.ts';
import { parseJson } from '../../../src/format/json-field.ts';
import { MANIFEST_FILE, type Manifest } from '../../../src/format/manifest.ts';
import { parseManifest } from '../../../src/format/parse-manifest.ts';
import { DirectorySink } from '../../../src/node/directory-sink.ts';
import { DirectorySource } from '../../../src/node/directory-source.ts';

export const FIXTURES = 'tools/reference/fixtures';
export type Fixture = 'dense-tied' | 'moe-untied' | 'moe-fp8';

const SHARD_BYTES = 400_000;

/**
 * Converts the fixture with the preset 'balanced' into shards of about 400 kB, and returns the package's folder. If an
 * earlier run left intact shards, they are not converted again.
 */
export async function manyShards(fixture: Fixture): Promise<string> {
  const folder = `.cache/weights-packages/${fixture}`;
  await using source = new DirectorySource(join(FIXTURES, fixture));
  await convert(source, new DirectorySink(folder), { preset: 'balanced', shardBytes: SHARD_BYTES });
  return folder;
}

export function manifestIn(folder: string): Manifest {
  const text = readFileSync(join(folder, MANIFEST_FILE), 'utf8');
  return parseManifest(parseJson(text, MANIFEST_FILE, 'bad-manifest'));
}

/** The SHA-256 of every file of a package, in ascending order. */
export function hashesIn(folder: string): string[] {
  const { files, shards } = manifestIn(folder);
  return [...new Set([...files, ...shards].map((file) => file.sha256))].sort();
}

export function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
