// Measures how a model in a publisher's 8-bit GGUF files becomes a package in Chromium: random weights with real shapes,
// from a hub on this machine.

import type { Page } from '@playwright/test';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelRequest } from '../../src/contract/weights.ts';
import { parseModelConfig } from '../../src/format/parse-model-config.ts';
import { Host } from '../tests/weights/host.ts';
import { peakResident, toldBytes } from './browser-memory.ts';
import { writeLanguageModel, writeVisionEncoder } from './peers/random-model.ts';
import { shapesOf, type Size } from './random-checkpoint.ts';

const FOLDER = '.cache/bench/gguf';
const BLOCKS: Record<Size, number> = { '2B': 24, '30B-A3B': 27 };
const LAYERS: Record<Size, number> = { '2B': 28, '30B-A3B': 48 };

/** Downloads the model with `layers` of its layers, or all of them, and prints a line for each figure. */
export async function measureGguf(
  size: Size,
  layers: number | undefined,
  profile: string,
  freshPage: () => Promise<Page>,
): Promise<void> {
  const shapes = shapesOf(size, layers ?? LAYERS[size], layers ?? BLOCKS[size]);
  const [folder, names] = write(`${size}-${layers ?? 'all'}`, parseModelConfig(shapes));
  const host = await Host.start();
  host.serveRepo('bench/model', folder);
  const request: ModelRequest = {
    ...{ id: 'bench', name: 'Bench' },
    source: {
      ...{ kind: 'hub', endpoint: host.origin, repo: 'bench/model', revision: 'main' },
      ...{ preset: 'balanced', gguf: names },
    },
  };
  try {
    const page = await freshPage();
    const start = performance.now();
    const { outcome } = await page.evaluate((asked) => window.weights.download(asked, 'app'), request);
    const seconds = (performance.now() - start) / 1000;
    if (outcome.kind !== 'done') throw new Error(`The download ended as ${JSON.stringify(outcome)}.`);
    const files = names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    const sent = host.log.reduce((sum, { bytes }) => sum + bytes, 0);
    console.log(
      `${size} from Q8_0 files of ${toldBytes(files)}, preset balanced: ${toldBytes(sent)} fetched`,
    );
    console.log(`${toldBytes(outcome.value.keptBytes)} stored after ${seconds.toFixed(0)} s`);
    console.log(`peak memory of the page's process: ${toldBytes(peakResident(profile, 'renderer'))}`);
  } finally {
    await host.stop();
  }
}

function write(name: string, config: ReturnType<typeof parseModelConfig>): [string, string[]] {
  const folder = join(FOLDER, name);
  mkdirSync(folder, { recursive: true });
  const [language, vision] = ['model-Q8_0.gguf', 'mmproj-Q8_0.gguf'] as const;
  if (!existsSync(join(folder, language))) writeLanguageModel(join(folder, language), config, 'Q8_0');
  if (!existsSync(join(folder, vision))) writeVisionEncoder(join(folder, vision), config, 'Q8_0');
  return [folder, [language, vision]];
}
