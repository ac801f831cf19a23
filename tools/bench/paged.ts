// npm run bench:paged has two parts. "real" runs a random checkpoint (the 30B's shapes, few layers) with several shares of
// its experts in memory, compares replacement policies on the routing that it recorded, and prints how far the simulator's
// prediction is from each run. "simulated" prints predictions for other devices. `--parts real` or `--parts simulated` runs
// one part. `--browser` runs the real part in Chromium, from IndexedDB, instead of in Node, from a folder. `--processor`
// runs it on the processor engine instead of on the graph runtime.

import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { convert } from '../../src/convert/convert.ts';
import type { Message } from '../../src/contract/conversation.ts';
import { randomGenerator } from '../../src/engine/answer/random.ts';
import type { PackageStore } from '../../src/format/package-store.ts';
import { BESIDE_A_DEVICE, BETWEEN_RUNS } from '../../src/engine/decoder/paged/expert-reads.ts';
import { LOOK_AHEAD } from '../../src/paging/look-ahead.ts';
import { RecencyFrequency } from '../../src/paging/replacement.ts';
import { simulate } from '../../src/paging/simulate.ts';
import { LIKE_30B, typicalTrace } from '../../src/paging/typical-trace.ts';
import { decodePhoto } from '../../src/node/decode-photo.ts';
import { DirectorySink } from '../../src/node/directory-sink.ts';
import { openDirectoryStore } from '../../src/node/directory-store.ts';
import { openKernels } from '../../src/node/kernels.ts';
import { kernelFiles } from '../build/kernel-files.ts';
import { createNodeWasmRuntime } from '../tests/support/node-wasm-runtime.ts';
import { pagedInBrowser } from './paged-browser.ts';
import { onKernels, onRuntime, runPaged, type PagedLoader, type PagedRun } from './paged-run.ts';
import { machineTable, policyTable, print, runTable } from './paged-table.ts';
import { RandomCheckpoint, shapesOf } from './random-checkpoint.ts';
import { withSkewedRouters } from './skewed-routers.ts';

const { values } = parseArgs({
  options: {
    /** The package to page. If it is omitted, the bench makes one. */
    package: { type: 'string' },
    layers: { type: 'string', default: '2' },
    /**
     * The shares of the experts that the device holds, one run each; `:0` or `:1` after a share guesses no or one layer
     * ahead. In Chromium, `cold ` before a share empties the system's cache of files first.
     */
    runs: { type: 'string', default: '1,0.5,0.25,0.25:1,0.25:0,0.0625' },
    tokens: { type: 'string', default: '16' },
    threads: { type: 'string', default: '2' },
    prompt: { type: 'string', default: 'Describe it.' },
    /** A picture in the prompt: a file, or noise with this side length in pixels (544 is about 300 tokens). */
    picture: { type: 'string' },
    /** How unevenly the random routers choose; if omitted, the routers of a given package stay unchanged. */
    spread: { type: 'string' },
    parts: { type: 'string', default: 'real,simulated' },
    browser: { type: 'boolean', default: false },
    processor: { type: 'boolean', default: false },
    /** With `--browser --processor`: the thread that computes also reads experts. */
    'no-reader': { type: 'boolean', default: false },
    /** With `--browser`: the stored package has this many layers, which repeat the layers of the given package. */
    repeat: { type: 'string' },
    /** With `--browser`: a folder for the browser's profile, which keeps the stored package for the next time. */
    profile: { type: 'string' },
    /** The number of tokens of the answer before those that are measured. */
    'warm-up': { type: 'string', default: '0' },
  },
});

const pace = values.browser && !values.processor ? BESIDE_A_DEVICE : BETWEEN_RUNS;
const spread = Number(values.spread ?? (values.package === undefined ? 0.5 : 0));
const RESIDENCIES = [0.0625, 0.1, 0.19, 0.25, 0.38, 0.5, 0.64, 1];
if (values.parts.includes('real')) {
  const runs = await realRuns();
  console.log(`\n${place()}`);
  print(runTable(runs));
  const longest = runs.reduce((a, b) => (b.trace.tokens.length > a.trace.tokens.length ? b : a));
  console.log(
    `\nHits and misses (times Belády's), routing of that run, ${longest.trace.tokens.length} tokens`,
  );
  print(policyTable(longest.trace, [0.0625, 0.25, 0.5, 0.75], Math.floor(longest.trace.tokens.length / 4)));
  console.log('\nThe simulator against these runs, its speeds taken from the one that read most');
  print(errorTable(runs));
}

if (values.parts.includes('simulated')) {
  const trace = typicalTrace(
    { layers: 48, experts: 128, perToken: 8, tokens: 160 },
    LIKE_30B,
    randomGenerator(1),
  );
  console.log('\nHits and misses, a trace like that of the 30B');
  print(policyTable(trace, RESIDENCIES, 48));
  console.log(
    '\nThe 30B simulated (expert 2.65 MB), tokens/s; floor: the larger of computing and of reads needed',
  );
  for (const machine of machines()) print(machineTable(trace, machine, RESIDENCIES, 48));
}

function place(): string {
  const { browser, processor, threads } = values;
  if (browser) return `Chromium, ${processor ? `the processor ×${threads}` : 'WebGPU'}, IndexedDB`;
  return `Node, ${processor ? 'the processor' : 'WASM'} ×${threads}, a folder`;
}

async function realRuns(): Promise<PagedRun[]> {
  const folder = values.package ?? (await prepare());
  const plans = values.runs.split(',').map((run) => {
    const isCold = run.startsWith('cold ');
    const [share, lookAhead] = run.replace('cold ', '').split(':');
    return { share: Number(share), lookAhead: Number(lookAhead ?? LOOK_AHEAD), isCold };
  });
  const options = { tokens: Number(values.tokens), seed: 1, warmUp: Number(values['warm-up']) };
  if (values.browser) {
    const device = { threads: values.processor ? Number(values.threads) : 0, reads: !values['no-reader'] };
    const repeat = values.repeat === undefined ? undefined : Number(values.repeat);
    const browser = { spread, device, repeat, profile: values.profile };
    return pagedInBrowser(folder, values.prompt, plans, options, browser);
  }
  const messages = await conversation();
  const store = await withSkewedRouters(await openDirectoryStore(folder), spread);
  const loader = await pagedLoader(store);
  const experts = store.manifest.experts[0]?.at.length ?? 0;
  const done: PagedRun[] = [];
  for (const { share, lookAhead } of plans) {
    const slots = Math.round(share * experts);
    done.push(await runPaged(store, loader, messages, { ...options, slots, lookAhead }));
    console.log(`${slots} of ${experts} experts per layer: done`);
  }
  return done;
}

async function pagedLoader(store: PackageStore): Promise<PagedLoader> {
  const threads = Number(values.threads);
  if (!values.processor) {
    return onRuntime(store, await createNodeWasmRuntime(threads), decodePhoto);
  }
  return onKernels(store, await openKernels(await kernelFiles(), threads), decodePhoto);
}

async function prepare(): Promise<string> {
  const target = `.cache/bench/30B-A3B-${values.layers}-balanced`;
  const source = await RandomCheckpoint.open(shapesOf('30B-A3B', Number(values.layers)));
  await convert(source, new DirectorySink(target), { preset: 'balanced' });
  return target;
}

async function conversation(): Promise<Message[]> {
  if (values.picture === undefined) return [{ role: 'user', content: values.prompt }];
  const side = Number(values.picture);
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 };
  const picture = Number.isNaN(side)
    ? sharp(values.picture)
    : sharp({ create: { width: side, height: side, channels: 3, background: 'grey', noise } });
  const photo = new Blob([Uint8Array.from(await picture.png().toBuffer())]);
  return [
    {
      role: 'user',
      content: [
        { type: 'image', photo },
        { type: 'text', text: values.prompt },
      ],
    },
  ];
}

/**
 * Tokens per second, measured and simulated. The simulation uses the read, upload and compute times of the run that
 * read the most bytes.
 */
function errorTable(all: readonly PagedRun[]): string[][] {
  const base = all.reduce((a, b) => (b.decode.readBytes > a.decode.readBytes ? b : a));
  if (base.decode.readBytes === 0) return [['no run read anything']];
  const { decode, trace } = base;
  const reads = decode.readBytes / (base.slotBytes / base.slots / trace.layers);
  const speeds = {
    readMs: decode.readMs / reads,
    uploadMs: decode.uploadMs / decode.misses,
    layerMs: (decode.passMs - decode.waitMs - decode.uploadMs) / decode.tokens / trace.layers,
    tokenMs: 0,
  };
  const rows = all.map((run) => {
    const simulated = simulate(run.trace, {
      slots: run.slots,
      replacement: () => new RecencyFrequency(),
      speeds,
      lookAhead: run.lookAhead,
      leastRight: pace.leastRight,
      warmUp: run.trace.tokens.length - run.decode.tokens,
    });
    const real = (1000 * run.decode.tokens) / run.decode.passMs;
    const error = simulated.tokensPerSecond / real - 1;
    return [
      `${((100 * run.slots) / run.experts).toFixed(0)} %, ${run.lookAhead}`,
      real.toFixed(2),
      simulated.tokensPerSecond.toFixed(2),
      `${(100 * error).toFixed(0)} %`,
    ];
  });
  return [['resident', 'real tokens/s', 'simulated', 'error'], ...rows];
}

/** Machines to simulate, with the drive's read speed, the bus's upload speed and the GPU's memory speed. */
function machines() {
  const expertMB = 2.65;
  const machine = (name: string, readMBs: number, uploadMBs: number, gpuMBs: number, runMs: number) => ({
    name,
    speeds: {
      readMs: (1000 * expertMB) / readMBs,
      uploadMs: (1000 * expertMB) / uploadMBs,
      layerMs: runMs + (1000 * (8 * expertMB + 7)) / gpuMBs,
      tokenMs: 3,
    },
  });
  return [
    machine('laptop, 8 GB GPU', 1200, 4000, 150_000, 0.8),
    machine('desktop, 12 GB GPU', 3000, 8000, 300_000, 0.5),
    machine('phone', 600, 3000, 40_000, 1.5),
  ];
}
