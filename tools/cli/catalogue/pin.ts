// npm run catalogue:pin [-- <catalogue>]
// Fetches commits and hashes from the hubs and writes them into the catalogue, by default public/models/index.json.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseJson } from '../../../src/format/json-field.ts';
import { PACE } from '../../../src/weights/download/pace.ts';
import { complaint } from '../node/complaint.ts';
import { pinCatalogue } from './pin-catalogue.ts';

async function main(): Promise<void> {
  const file = process.argv[2] ?? 'public/models/index.json';
  const catalogue = parseJson(readFileSync(file, 'utf8'), file, 'bad-manifest');
  const pinned = await pinCatalogue(catalogue, { pace: PACE }, new AbortController().signal);
  writeFileSync(file, `${JSON.stringify(catalogue, null, 2)}\n`);
  for (const { id, revision, files } of pinned) console.log(`${id}: ${revision}, ${files} files`);
}

main().catch((error: unknown) => {
  console.error(complaint(error));
  process.exitCode = 1;
});
