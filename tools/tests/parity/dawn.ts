// Compares the engine with the reference on WebGPU in Node (Dawn), on adapters that the browser cannot use: a real GPU
// on a server, or Mesa's software driver, which supports f16. Arguments: --precision f32|f16,
// --packages NAME:GOLDENS,…, --cases NAME,… and --storage-buffers N. Prints a table; fails if a limit is violated.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadEngine } from '../../../src/engine/load-engine.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { createWebGpuRuntime } from '../../../src/node/webgpu-runtime.ts';
import { withStorageBuffers } from '../support/few-buffers.ts';
import { LIMITS } from './limits.ts';
import { measure, violations, type Measurement } from './measure.ts';
import { ReferenceFiles } from './reference-files.ts';
import { parityTable, type Column } from './table.ts';

const { values } = parseArgs({
  options: {
    precision: { type: 'string', default: 'f32' },
    packages: {
      type: 'string',
      default: 'dense-tied-exact:dense-tied,moe-untied-balanced:moe-untied.balanced',
    },
    cases: { type: 'string' },
    /** The length of prefill chunks in tokens. Short chunks spare drivers the large attention shaders. */
    chunk: { type: 'string' },
    /** Limits the number of storage buffers per shader. */
    'storage-buffers': { type: 'string' },
    folder: { type: 'string', default: '.cache/fixture-packages' },
  },
});
const precision = values.precision === 'f16' ? 'f16' : 'f32';
const limits = LIMITS[`webgpu ${precision}`];
const top = resolve(import.meta.dirname, '../..');
const reference = new ReferenceFiles((path) => readFile(join(top, 'reference', path)));
const signal = new AbortController().signal;
const conversations = await reference.conversations();
const pixels = await reference.pixels();
const columns: Column[] = [];
const chunkTokens = values.chunk === undefined ? {} : { chunkTokens: Number(values.chunk) };
const buffers = values['storage-buffers'];
const changed = (gpu: GPU): GPU => (buffers === undefined ? gpu : withStorageBuffers(gpu, Number(buffers)));
let broken = 0;
let kept = 0;

for (const pair of values.packages.split(',')) {
  const [name = '', goldens = ''] = pair.split(':');
  const runtime = await createWebGpuRuntime(changed);
  const store = await openDirectoryStore(join(values.folder, name));
  const engine = await loadEngine(
    store,
    runtime,
    decodePhoto,
    { precision, ignoreStops: true, releaseVision: true, ...chunkTokens },
    signal,
  );
  const golden = await reference.goldens(goldens);
  const measured: Measurement[] = [];
  for (const [case_, messages] of conversations) {
    if (values.cases !== undefined && !values.cases.split(',').includes(case_)) continue;
    const measurement = await measure(case_, messages, engine, golden, pixels);
    measured.push(measurement);
    const wrong = violations(measurement, limits);
    if (wrong.length > 0) console.error(`${name}, ${case_}: ${wrong.join('; ')}`);
    if (wrong.length > 0) broken++;
    else kept++;
  }
  columns.push({
    name: `${name}, webgpu ${precision} (${runtime.device?.adapterInfo.description ?? ''})`,
    measured,
  });
  await engine.dispose();
  runtime.dispose();
}
console.log(parityTable(columns));
console.log(`${kept} passed, ${broken} failed`);
process.exit(broken === 0 ? 0 : 1);
