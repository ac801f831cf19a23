// npm run bench:memory: a Chromium stores a package in IndexedDB, restarts, loads the package onto the processor and
// answers about a picture. Prints the peak memory of the page's process in each step, and the sizes of the weights and
// of the kernels' memory. The tokenizer has as many words as the published one. Linux only.

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { convert } from '../../src/convert/convert.ts';
import { weightBytes } from '../../src/format/manifest.ts';
import { DirectorySink } from '../../src/node/directory-sink.ts';
import { openDirectoryStore } from '../../src/node/directory-store.ts';
import { textTable } from '../cli/node/text-table.ts';
import { BenchPage } from './bench-page.ts';
import { forgetPeaks, peakResident, toldBytes } from './browser-memory.ts';
import { withLargeTokenizer } from './large-tokenizer.ts';
import { RandomCheckpoint, shapesOf } from './random-checkpoint.ts';

const { values } = parseArgs({
  options: {
    layers: { type: 'string', default: '28' },
    blocks: { type: 'string', default: '24' },
    side: { type: 'string', default: '512' },
    tokens: { type: 'string', default: '4' },
    packages: { type: 'string', default: '.cache/bench' },
  },
});

const folder = `${values.packages}/2B-${values.layers}-${values.blocks}-balanced`;
if (!existsSync(`${folder}/manifest.json`)) {
  const shapes = shapesOf('2B', Number(values.layers), Number(values.blocks));
  await convert(await RandomCheckpoint.open(shapes), new DirectorySink(folder), { preset: 'balanced' });
}
const large = await withLargeTokenizer(folder);
const bytes = weightBytes((await openDirectoryStore(large)).manifest);
const bench = await BenchPage.open(large);
try {
  const storing = await bench.page();
  await storing.evaluate((url) => window.paging.keep(url), bench.packageUrl);
  await bench.restart();
  const page = await bench.page();
  const peak = async <T>(step: () => Promise<T>): Promise<{ peak: number; result: T }> => {
    forgetPeaks(bench.profile, 'renderer');
    const result = await step();
    return { peak: peakResident(bench.profile, 'renderer') ?? 0, result };
  };
  const empty = await peak(() => page.evaluate(() => 0));
  const load = await peak(() => page.evaluate(() => window.paging.load(1)));
  const question = { side: Number(values.side), prompt: 'Describe it.', tokens: Number(values.tokens) };
  const answer = await peak(() => page.evaluate((asked) => window.paging.answer(asked), question));
  const { promptTokens, tokens, visionMs, prefillMs, answeringMs, kernelBytes } = answer.result;
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  console.log(
    `\n${values.layers} layers, ${values.blocks} vision blocks, a ${question.side}² picture: ${promptTokens} tokens; ` +
      `loading ${seconds(load.result)} s, vision ${seconds(visionMs)} s, prompt ${seconds(prefillMs)} s, ` +
      `${tokens} tokens ${seconds(answeringMs)} s`,
  );
  const most = Math.max(load.peak, answer.peak);
  console.log(
    textTable(
      [
        ['weights', "the kernels' memory", 'page, empty', 'loading', 'answering', 'most / weights'],
        [bytes, kernelBytes, empty.peak, load.peak, answer.peak]
          .map(toldBytes)
          .concat((most / bytes).toFixed(2)),
      ],
      'right',
    ),
  );
} finally {
  await bench.close();
}
