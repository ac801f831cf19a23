// npm run bench:processor: measures the processor engine's decoder on random weights of the 2B's shapes, in Node. For 1
// and 2 threads it prints two rates: that at which a token reads its weights (attention and the head included), as a
// share of the rate of a loop that only reads; and the multiplications per second of a prompt. Rounds are interleaved
// and the best one counts. Rates are per processor time of all threads, since clock time means little on a busy
// machine.

import { parseArgs } from 'node:util';
import { convert } from '../../src/convert/convert.ts';
import { readCheckpointFiles } from '../../src/engine/checkpoint-files.ts';
import type { Chunk } from '../../src/engine/decoder/decoder.ts';
import { ProcessorDecoder } from '../../src/engine/processor/decoder.ts';
import type { Manifest } from '../../src/format/manifest.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { Program } from '../../src/kernels/operations.ts';
import { DirectorySink } from '../../src/node/directory-sink.ts';
import { openDirectoryStore } from '../../src/node/directory-store.ts';
import { kernelFiles } from '../build/kernel-files.ts';
import { openKernels } from '../../src/node/kernels.ts';
import { textTable } from '../cli/node/text-table.ts';
import { RandomCheckpoint, shapesOf } from './random-checkpoint.ts';

const { values } = parseArgs({
  options: {
    layers: { type: 'string', default: '4' },
    threads: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '4' },
    /** The number of tokens of the prompt (at most 256) and of the answer after it, in each round. */
    prompt: { type: 'string', default: '128' },
    tokens: { type: 'string', default: '4' },
    /** The number of tokens in the cache before each round. */
    context: { type: 'string', default: '64' },
    packages: { type: 'string', default: '.cache/bench' },
  },
});

interface Setup {
  threads: number;
  kernels: Kernels;
  decoder: ProcessorDecoder;
  read: Time[];
  prompt: Time[];
  token: Time[];
}

interface Time {
  cpuMs: number;
  wallMs: number;
}

/** The number of bytes that the reading loop reads: more than caches hold. */
const READ_BYTES = 256e6;

const folder = `${values.packages}/2B-${values.layers}-balanced`;
await convert(await RandomCheckpoint.open(shapesOf('2B', Number(values.layers))), new DirectorySink(folder), {
  preset: 'balanced',
});
const store = await openDirectoryStore(folder);
const { config } = await readCheckpointFiles(store);
const { text } = config;
const signal = new AbortController().signal;
const setups: Setup[] = [];
for (const threads of values.threads.split(',').map(Number)) {
  const kernels = await openKernels(await kernelFiles(), threads);
  const options = {
    config: { ...config, text: { ...text, contextLength: 8192 } },
    cache: 'f16',
    onBytes: () => undefined,
  } as const;
  const decoder = await ProcessorDecoder.open(store, kernels, options, signal);
  for (let left = Number(values.context); left > 0; left -= decoder.maxChunk) {
    await decoder.append(chunkOf(Math.min(left, decoder.maxChunk)));
  }
  setups.push({ threads, kernels, decoder, read: [], prompt: [], token: [] });
}
const spans = setups.map(({ kernels }) => kernels.arena.allocate(READ_BYTES));
for (const [i, { kernels }] of setups.entries()) kernels.bytes(spans[i]!, READ_BYTES).fill(1);

for (let round = 0; round < Number(values.rounds); round++) {
  for (const [i, { kernels, decoder, read, prompt, token }] of setups.entries()) {
    read.push(
      await timed(() => {
        readSpan(kernels, spans[i]!);
        return Promise.resolve();
      }),
    );
    prompt.push(await timed(() => decoder.append(chunkOf(Number(values.prompt)))));
    decoder.truncate(Number(values.context));
    for (let at = 0; at < Number(values.tokens); at++)
      token.push(await timed(() => decoder.append(chunkOf(1))));
    decoder.truncate(Number(values.context));
  }
}

const bytes = tokenBytes(store.manifest);
const products = text.layers * layerProducts() + (text.hiddenSize * text.vocabSize) / Number(values.prompt);
const rows = [
  [
    '',
    'read GB/s',
    'token ms',
    'GB/s',
    'of reading',
    'tokens/s (clock)',
    'prompt GMAC/s',
    'tokens/s (clock)',
  ],
  ...setups.map(({ threads, read, prompt, token }) => {
    const reading = READ_BYTES / best(read, 'cpuMs') / 1e6;
    const rate = bytes / best(token, 'cpuMs') / 1e6;
    const macs = (Number(values.prompt) * products) / best(prompt, 'cpuMs') / 1e6;
    return [
      `${threads} thread${threads === 1 ? '' : 's'}`,
      reading.toFixed(2),
      best(token, 'cpuMs').toFixed(0),
      rate.toFixed(2),
      `${((100 * rate) / reading).toFixed(0)} %`,
      (1000 / best(token, 'wallMs')).toFixed(2),
      macs.toFixed(1),
      ((1000 * Number(values.prompt)) / best(prompt, 'wallMs')).toFixed(1),
    ];
  }),
];
console.log(
  `\n2B's shapes, ${values.layers} layers, ${(bytes / 1e6).toFixed(0)} MB of weights a token; per thread, processor time`,
);
console.log(textTable(rows, 'right'));
process.exit(0);

function readSpan(kernels: Kernels, from: number): void {
  const program = new Program();
  program.add('read', { from, count: READ_BYTES / 128, to: from });
  kernels.run(program);
}

/** A chunk of arbitrary words and positions, which do not affect its time. */
function chunkOf(count: number): Chunk {
  const half = text.headDim / 2;
  return {
    ids: Int32Array.from({ length: count }, (_, i) => (i * 997) % text.vocabSize),
    featureRows: new Int32Array(count),
    cos: new Float32Array(count * half).fill(1),
    sin: new Float32Array(count * half),
  };
}

async function timed(job: () => Promise<unknown>): Promise<Time> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await job();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - start, cpuMs: (user + system) / 1000 };
}

function best(times: readonly Time[], clock: keyof Time): number {
  return Math.min(...times.map((time) => time[clock]));
}

/**
 * The bytes of the weights that a token reads: all but those of the vision encoder. The word embeddings are read whole,
 * because they are also the head.
 */
function tokenBytes({ tensors }: Manifest): number {
  const own = Object.entries(tensors).filter(([name]) => !name.startsWith('model.visual.'));
  return own.reduce((sum, [, entry]) => sum + entry.bytes, 0);
}

/** The number of multiplications per layer and token. */
function layerProducts(): number {
  const { hiddenSize, heads, kvHeads, headDim, intermediateSize } = text;
  return hiddenSize * ((2 * heads + 2 * kvHeads) * headDim + 3 * intermediateSize);
}
