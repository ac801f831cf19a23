// tsx tools/tests/parity/compare-packages.ts <package> <package> [graphs] Runs every case of the reference through two
// packages on the processor engine, or with the graphs on the WASM backend, which expands all weights to f32. Prints
// the largest difference of their logits, and how many cases have equal prompts and equal greedy answers. It compares
// packages from GGUF files with packages from safetensors files.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Message } from '../../../src/contract/conversation.ts';
import type { AnswerTrace } from '../../../src/engine/answer-trace.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { loadEngine } from '../../../src/engine/load-engine.ts';
import { loadProcessorEngine } from '../../../src/engine/load-processor-engine.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { openKernels } from '../../../src/node/kernels.ts';
import { kernelFiles } from '../../build/kernel-files.ts';
import { createNodeWasmRuntime } from '../support/node-wasm-runtime.ts';
import { ReferenceFiles } from './reference-files.ts';

const REFERENCE = resolve(import.meta.dirname, '../../reference');
const STEPS = 8;

interface Result {
  prompt: number[];
  logits: Float32Array;
  answer: number[];
}

const { signal } = new AbortController();
const reference = new ReferenceFiles((path) => readFile(join(REFERENCE, path)));
const conversations = await reference.conversations();

async function resultsOf(folder: string): Promise<Map<string, Result>> {
  const engine = await openEngine(folder);
  const answer = async (messages: readonly Message[]): Promise<Result> => {
    const result: Result = { prompt: [], logits: new Float32Array(), answer: [] };
    const trace: AnswerTrace = {
      onPrompt: (_, { inputIds }) => void (result.prompt = Array.from(inputIds)),
      onPrefillLogits: (logits) => void (result.logits = logits.slice()),
      onToken: (id) => {
        result.answer.push(id);
        return Promise.resolve();
      },
    };
    const greedy = { maxTokens: STEPS, sampling: { temperature: 0 } };
    await engine.answer(messages, greedy, () => undefined, signal, trace);
    return result;
  };
  const results = new Map<string, Result>();
  for (const [name, messages] of conversations) results.set(name, await answer(messages));
  return results;
}

async function openEngine(folder: string): Promise<Engine> {
  const store = await openDirectoryStore(folder);
  if (process.argv[4] === 'graphs') {
    const runtime = await createNodeWasmRuntime();
    return loadEngine(store, runtime, decodePhoto, { expand: true, ignoreStops: true }, signal);
  }
  const kernels = await openKernels(await kernelFiles(), 1);
  return loadProcessorEngine(store, kernels, decodePhoto, { cache: 'f32', ignoreStops: true }, signal);
}

const [first, second] = process.argv.slice(2, 4);
if (first === undefined || second === undefined) throw new Error('Two packages are needed.');
const [ours, theirs] = [await resultsOf(first), await resultsOf(second)];
let [largest, prompts, answers] = [0, 0, 0];
for (const [name, a] of ours) {
  const b = theirs.get(name);
  if (!b) continue;
  a.logits.forEach((value, id) => (largest = Math.max(largest, Math.abs(value - (b.logits[id] ?? NaN)))));
  if (a.prompt.join() === b.prompt.join()) prompts++;
  if (a.answer.join() === b.answer.join()) answers++;
}
console.log(`largest difference of a logit: ${largest.toExponential(1)}`);
console.log(`of ${ours.size} cases, ${prompts} have equal prompts, and ${answers} have equal answers`);
process.exit();
