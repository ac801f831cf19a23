// npm run bench:peers: compares Darkroom's processor engine with wllama (llama.cpp in Chromium) and with llama.cpp's
// own binaries, on random weights of the same shapes. Each contestant runs in its own process, and the contestants take
// turns. Between them, loops that only read memory or only multiply give the bounds of decode and prefill. Processor
// time means more than clock time on a busy machine; the best round of each number counts.

import { spawnSync } from 'node:child_process';
import { mkdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { convert } from '../../src/convert/convert.ts';
import { readCheckpointFiles } from '../../src/engine/checkpoint-files.ts';
import { DirectorySink } from '../../src/node/directory-sink.ts';
import { openDirectoryStore } from '../../src/node/directory-store.ts';
import { installPeers, PEERS } from './peers/install.ts';
import { Loops, type Rates } from './peers/loops.ts';
import { printPeers, type Measured } from './peers/peers-table.ts';
import { writeLanguageModel, writeVisionEncoder } from './peers/random-model.ts';
import { parseRow, type Task } from './peers/row.ts';
import { RandomCheckpoint, shapesOf, type Size } from './random-checkpoint.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '2B' },
    /** The numbers of decoder layers and of vision blocks; 28 and 24 are those of the whole 2B. */
    layers: { type: 'string', default: '4' },
    blocks: { type: 'string', default: '4' },
    threads: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '2' },
    prompt: { type: 'string', default: '64' },
    tokens: { type: 'string', default: '12' },
    /** The width and height of the picture; 0 for no picture. */
    side: { type: 'string', default: '512' },
    only: { type: 'string', default: 'darkroom,chromium,native,wllama' },
  },
});

const CONTESTANTS = {
  darkroom: { title: 'Darkroom, Node', script: 'darkroom-row.ts', weights: 'package' },
  chromium: { title: 'Darkroom, Chromium', script: 'chromium-row.ts', weights: 'package' },
  native: { title: 'llama.cpp, native', script: 'native-row.ts', weights: 'gguf' },
  wllama: { title: 'wllama, Chromium', script: 'wllama-row.ts', weights: 'gguf' },
} as const;
type Contestant = keyof typeof CONTESTANTS;

installPeers();
const folders = await prepare(values.size as Size, Number(values.layers), Number(values.blocks));
const measured: Measured[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  for (const threads of values.threads.split(',').map(Number)) {
    for (const name of values.only.split(',') as Contestant[]) {
      const { title, script, weights } = CONTESTANTS[name];
      const rates = await bounds(threads);
      const task: Task = {
        folder: folders[weights],
        threads,
        prompt: Number(values.prompt),
        tokens: Number(values.tokens),
        side: Number(values.side),
      };
      const args = ['--import', 'tsx', `tools/bench/peers/${script}`, JSON.stringify(task)];
      const child = spawnSync(process.execPath, args, {
        stdio: ['ignore', 'pipe', 'inherit'],
        encoding: 'utf8',
      });
      const last = child.stdout.trim().split('\n').at(-1) ?? '';
      if (child.status !== 0) {
        console.log(`${title}, ${threads} threads: failed. ${last.slice(0, 300)}`);
        continue;
      }
      console.log(`${title} × ${threads}: ${last}`);
      measured.push({ title, threads, row: parseRow(last), ...rates });
    }
  }
}
const { manifest } = await openDirectoryStore(folders.package);
const { config } = await readCheckpointFiles(await openDirectoryStore(folders.package));
console.log(
  `\n${values.size}'s shapes, ${values.layers} layers, ${values.blocks} vision blocks, a ${values.side}² picture`,
);
printPeers(measured, manifest, config.text);
process.exit(0);

async function prepare(
  size: Size,
  layers: number,
  blocks: number,
): Promise<Record<'package' | 'gguf', string>> {
  const name = `${size}-${layers}-${blocks}`;
  const folder = `.cache/bench/${name}-balanced`;
  const gguf = join(PEERS, name);
  if (!existsSync(join(folder, 'manifest.json'))) {
    const source = await RandomCheckpoint.open(shapesOf(size, layers, blocks));
    await convert(source, new DirectorySink(folder), { preset: 'balanced' });
  }
  const { config } = await readCheckpointFiles(await openDirectoryStore(folder));
  mkdirSync(gguf, { recursive: true });
  const [model, vision] = [join(gguf, 'model.gguf'), join(gguf, 'mmproj.gguf')];
  if (!existsSync(model)) writeLanguageModel(model, config);
  if (!existsSync(vision)) writeVisionEncoder(vision, config);
  return { package: folder, gguf };
}

async function bounds(threads: number): Promise<{ read: Rates; multiply: Rates }> {
  const loops = await Loops.open(threads);
  try {
    return { read: loops.read(), multiply: loops.multiply() };
  } finally {
    loops.dispose();
  }
}
