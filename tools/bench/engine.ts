// npm run bench:engine: measures random checkpoints with the real shapes of the 2B and the 30B-A3B, reduced to a few
// layers. Prints time per stage, tokens per second, bytes moved compared with the lower bound, load time and peak
// memory. Each row runs in its own process, so that its memory is measured alone. WebGPU runs through Dawn on any
// adapter present; without a GPU driver, on the software adapter of an installed Chromium.

import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { convert } from '../../src/convert/convert.ts';
import { Field, parseJson } from '../../src/format/json-field.ts';
import { DirectorySink } from '../../src/node/directory-sink.ts';
import { softwareVulkan } from '../cli/node/software-vulkan.ts';
import { textTable } from '../cli/node/text-table.ts';
import { RandomCheckpoint, shapesOf, type Size } from './random-checkpoint.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '2B,30B-A3B' },
    layers: { type: 'string', default: '4' },
    preset: { type: 'string', default: 'balanced' },
    runs: { type: 'string', default: 'wasm:1,wasm:2,webgpu' },
    side: { type: 'string', default: '256' },
    tokens: { type: 'string', default: '8' },
    packages: { type: 'string', default: '.cache/bench' },
  },
});

const COLUMNS = [
  ['load s', 'loadSeconds'],
  ['vision s', 'visionSeconds'],
  ['prompt', 'promptTokens'],
  ['prefill tok/s', 'prefillRate'],
  ['decode tok/s', 'decodeRate'],
  ['MB/token', 'megabytesPerToken'],
  ['decode MB/s', 'decodeBandwidth'],
  ['raw MB/s', 'rawBandwidth'],
  ['of the floor', 'ofTheFloor'],
  ['peak MB', 'peakMegabytes'],
] as const;

const rows: string[][] = [['', ...COLUMNS.map(([title]) => title)]];
for (const size of values.sizes.split(',')) {
  const target = `${values.packages}/${size}-${values.layers}-${values.preset}`;
  await prepare(size as Size, target);
  for (const run of values.runs.split(',')) rows.push(measureRow(size, target, run));
}
console.log(
  `\n${values.layers} decoder layers and vision blocks, ${values.preset}, a ${values.side}² picture`,
);
console.log(textTable(rows, 'right'));

async function prepare(size: Size, target: string): Promise<void> {
  const source = await RandomCheckpoint.open(shapesOf(size, Number(values.layers)));
  const start = performance.now();
  const report = await convert(source, new DirectorySink(target), { preset: values.preset as 'balanced' });
  const seconds = (performance.now() - start) / 1000;
  console.log(`${size}: package of ${(report.bytes / 1e6).toFixed(0)} MB ready in ${seconds.toFixed(1)} s`);
}

function measureRow(size: string, target: string, run: string): string[] {
  const [backend = 'wasm', threads = '1'] = run.split(':');
  const name = `${size} ${backend}${backend === 'wasm' ? ` ×${threads}` : ''}`;
  const vulkan = backend === 'webgpu' ? softwareVulkan() : {};
  const args = [
    '--import',
    'tsx',
    'tools/bench/engine-row.ts',
    target,
    backend,
    threads,
    values.side,
    values.tokens,
  ];
  const child = spawnSync(process.execPath, args, {
    env: { ...process.env, ...vulkan },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  const last = child.stdout.trim().split('\n').at(-1) ?? '';
  if (child.status !== 0) return [name, `failed: ${last.slice(0, 200)}`];
  const row = new Field(parseJson(last, 'row', 'bug'), 'row ', 'bug');
  return [`${name} (${row.at('precision').string()})`, ...COLUMNS.map(([, key]) => row.at(key).string())];
}
