// One row of bench:peers: Darkroom's processor engine in Node.

import sharp from 'sharp';
import type { Part } from '../../../src/contract/conversation.ts';
import { loadProcessorEngine } from '../../../src/engine/load-processor-engine.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { openKernels } from '../../../src/node/kernels.ts';
import { kernelFiles } from '../../build/kernel-files.ts';
import { between, now, promptOf, readTask, type Moment, type Row } from './row.ts';

const { folder, threads, prompt, tokens, side } = readTask();
const signal = new AbortController().signal;
const store = await openDirectoryStore(folder);
const files = await kernelFiles();

const start = now();
const kernels = await openKernels(files, threads);
const options = { ignoreStops: true, ...(side === 0 ? { releaseVision: true } : {}) };
const engine = await loadProcessorEngine(store, kernels, decodePhoto, options, signal);
const loadMs = now().wallMs - start.wallMs;

/**
 * Returns the times at which the prompt was ready to be computed and at which each token arrived, and the number of
 * tokens of the prompt.
 */
async function ask(content: Part[], maxTokens: number): Promise<{ moments: Moment[]; count: number }> {
  const moments: Moment[] = [];
  let count = 0;
  await engine.answer(
    [{ role: 'user', content }],
    { maxTokens, sampling: { temperature: 0 } },
    () => undefined,
    signal,
    {
      onPrompt: (_, { inputIds }) => {
        count = inputIds.length;
        moments.push(now());
      },
      onToken: () => {
        moments.push(now());
        return Promise.resolve();
      },
    },
  );
  return { moments, count };
}

// During the first answer, the JavaScript engine optimises the kernels.
await ask([{ type: 'text', text: promptOf(16, 'warm') }], 3);
const { moments, count } = await ask([{ type: 'text', text: promptOf(prompt, 'cold') }], tokens);
const row: Row = {
  loadMs,
  prefill: between(moments[0]!, moments[1]!, count),
  decode: between(moments[1]!, moments.at(-1)!, moments.length - 2),
  peakBytes: 0,
};
if (side > 0) {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 };
  const create = { width: side, height: side, channels: 3 as const, background: 'grey', noise };
  const photo = new Blob([Uint8Array.from(await sharp({ create }).png().toBuffer())]);
  const from = now();
  const asked = await ask(
    [
      { type: 'image', photo },
      { type: 'text', text: 'Describe.' },
    ],
    1,
  );
  row.picture = between(from, asked.moments[1]!, asked.count);
}
row.peakBytes = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify(row));
process.exit(0);
