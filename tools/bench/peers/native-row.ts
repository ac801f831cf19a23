// One row of bench:peers: llama.cpp's own binaries, through node-llama-cpp. It has no vision encoder.

import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PEERS } from './install.ts';
import { between, now, readTask, type Row } from './row.ts';

interface Sequence {
  evaluateWithoutGeneratingNewTokens(tokens: number[]): Promise<void>;
  evaluate(tokens: number[], options: { temperature: number }): AsyncGenerator<number>;
  clearHistory(): Promise<void>;
}

interface NodeLlamaCpp {
  getLlama: (options: { gpu: false; build: 'never'; logLevel: 'error' }) => Promise<{
    loadModel(options: { modelPath: string; gpuLayers: 0 }): Promise<{
      createContext(options: {
        contextSize: number;
        threads: { ideal: number; min: number };
      }): Promise<{ getSequence(): Sequence }>;
    }>;
  }>;
}

const { folder, threads, prompt, tokens } = readTask();
const entry = pathToFileURL(resolve(PEERS, 'node_modules/node-llama-cpp/dist/index.js')).href;
const { getLlama } = (await import(entry)) as NodeLlamaCpp;

const start = now();
const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error' });
const model = await llama.loadModel({ modelPath: join(folder, 'model.gguf'), gpuLayers: 0 });
const context = await model.createContext({ contextSize: 2048, threads: { ideal: threads, min: threads } });
const sequence = context.getSequence();
const loadMs = now().wallMs - start.wallMs;

await sequence.evaluateWithoutGeneratingNewTokens(promptIds(16));
await sequence.clearHistory();
const begun = now();
await sequence.evaluateWithoutGeneratingNewTokens(promptIds(prompt));
const ready = now();
let count = 0;
let first = ready;
// The first token is not timed, because it reads the last token of the prompt.
for await (const _ of sequence.evaluate([5], { temperature: 0 })) {
  if (count === 0) first = now();
  count++;
  if (count === tokens) break;
}
const row: Row = {
  loadMs,
  prefill: between(begun, ready, prompt),
  decode: between(first, now(), count - 1),
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
console.log(JSON.stringify(row));
process.exit(0);

function promptIds(length: number): number[] {
  return Array.from({ length }, (_, i) => 97 + ((i * 7) % 26));
}
