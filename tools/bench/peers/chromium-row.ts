// One row of bench:peers: Darkroom's processor engine in Chromium, from IndexedDB, as in the app.

import type { PictureAnswer } from '../paged-page/paging-bench.ts';
import { BenchPage } from '../bench-page.ts';
import { forgetPeaks, peakResident } from '../browser-memory.ts';
import { rendererMs } from './renderer-time.ts';
import { promptOf, readTask, type Phase, type Row } from './row.ts';

const { folder, threads, prompt, tokens, side } = readTask();
const bench = await BenchPage.open(folder);
try {
  const storing = await bench.page();
  await storing.evaluate((url) => window.paging.keep(url), bench.packageUrl);
  await bench.restart();
  const page = await bench.page();
  forgetPeaks(bench.profile, 'renderer');
  const loadMs = await page.evaluate((count) => window.paging.load(count), threads);
  const ask = async (question: { side: number; prompt: string; tokens: number }): Promise<Asked> => {
    const from = rendererMs(bench.profile);
    const start = performance.now();
    const answer = await page.evaluate((asked) => window.paging.answer(asked), question);
    return { answer, cpuMs: rendererMs(bench.profile) - from, wallMs: performance.now() - start };
  };
  await ask({ side: 0, prompt: promptOf(16, 'warm'), tokens: 3 });
  const first = await ask({ side: 0, prompt: promptOf(prompt, 'cold'), tokens: 1 });
  // Another prompt of the same length, so that the difference is the time of the tokens after the first one.
  const all = await ask({ side: 0, prompt: promptOf(prompt, 'more'), tokens });
  const row: Row = {
    loadMs,
    prefill: phase(first.answer.promptTokens, first.answer.prefillMs, first.cpuMs),
    decode: phase(tokens - 1, all.answer.answeringMs, all.cpuMs - first.cpuMs),
    peakBytes: 0,
  };
  if (side > 0) {
    const { answer, wallMs, cpuMs } = await ask({ side, prompt: 'Describe.', tokens: 1 });
    row.picture = phase(answer.promptTokens, wallMs, cpuMs);
  }
  row.peakBytes = peakResident(bench.profile, 'renderer') ?? 0;
  console.log(JSON.stringify(row));
} finally {
  await bench.close();
}
process.exit(0);

interface Asked {
  answer: PictureAnswer;
  cpuMs: number;
  wallMs: number;
}

function phase(tokens: number, wallMs: number, cpuMs: number): Phase {
  return { tokens, wallMs, cpuMs };
}
