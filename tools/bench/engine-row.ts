// One row of bench:engine, in its own process. Arguments: package, backend, threads, picture side, tokens. The last
// line of output is JSON.

import sharp from 'sharp';
import type { Engine } from '../../src/engine/engine.ts';
import { loadEngine } from '../../src/engine/load-engine.ts';
import type { Message } from '../../src/contract/conversation.ts';
import { expertBytesPerToken, weightBytes } from './weight-bytes.ts';
import { decodePhoto } from '../../src/node/decode-photo.ts';
import { openDirectoryStore } from '../../src/node/directory-store.ts';
import { openEngine } from '../../src/node/open-engine.ts';
import { createWebGpuRuntime } from '../../src/node/webgpu-runtime.ts';
import { kernelFiles } from '../build/kernel-files.ts';
import { rawBandwidth } from './raw-bandwidth.ts';

const [target = '', backend = 'wasm', threads = '1', side = '512', tokens = '16'] = process.argv.slice(2);
const signal = new AbortController().signal;
const files = await kernelFiles();
const gpu = backend === 'webgpu' ? await createWebGpuRuntime() : undefined;
const store = await openDirectoryStore(target);

const start = performance.now();
const engine = await open();
const loadMs = performance.now() - start;

const size = { width: Number(side), height: Number(side), channels: 3 as const };
const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 };
const png = await sharp({ create: { ...size, background: 'grey', noise } })
  .png()
  .toBuffer();
const ask = (photo: Blob, text: string): Message[] => [
  {
    role: 'user',
    content: [
      { type: 'image', photo },
      { type: 'text', text },
    ],
  },
];
const options = { maxTokens: Number(tokens), sampling: { temperature: 0 } };
const quiet = (): void => undefined;
// The first answer compiles shaders and fills caches; the second, about another picture, is measured.
await engine.answer(ask(new Blob([Uint8Array.from(png)]), 'Hi'), { ...options, maxTokens: 2 }, quiet, signal);
const other = await sharp(png).negate().png().toBuffer();
let promptTokens = 0;
const answer = await engine.answer(
  ask(new Blob([Uint8Array.from(other)]), 'Describe.'),
  options,
  quiet,
  signal,
  {
    onPrompt: (_, prompt) => {
      promptTokens = prompt.inputIds.length;
    },
  },
);

const { visionMs, prefillMs, answeringMs } = answer.timings;
const bytes = weightBytes(store.manifest, engine.target) + expertBytesPerToken(store.manifest, engine);
const decodeRate = ((answer.tokens - 1) / answeringMs) * 1000;
const raw = await rawBandwidth(gpu?.device);
const fixed = (value: number, digits: number): string => value.toFixed(digits);
console.log(
  JSON.stringify({
    precision: `${engine.target.precision}${engine.target.expand ? ' expanded' : ''}`,
    loadSeconds: fixed(loadMs / 1000, 1),
    visionSeconds: fixed(visionMs / 1000, 2),
    promptTokens: String(promptTokens),
    prefillRate: fixed((promptTokens / prefillMs) * 1000, 1),
    decodeRate: fixed(decodeRate, 2),
    megabytesPerToken: fixed(bytes / 1e6, 0),
    decodeBandwidth: fixed((bytes * decodeRate) / 1e6, 0),
    rawBandwidth: fixed(raw / 1e6, 0),
    ofTheFloor: `${fixed((100 * bytes * decodeRate) / raw, 0)} %`,
    peakMegabytes: fixed(process.resourceUsage().maxRSS / 1e3, 0),
  }),
);
process.exit(0);

async function open(): Promise<Engine> {
  const options = { ignoreStops: true };
  if (gpu !== undefined) return loadEngine(store, gpu, decodePhoto, options, signal);
  return (await openEngine(store, files, { ...options, threads: Number(threads) }, signal)).engine;
}
