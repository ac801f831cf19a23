// npm run soak: asks the built page many questions about pictures in a real Chromium, and compares the memory and
// objects of the page and its workers at the end with those after the tenth question. Needs the builds.
// --questions N (500), --seed S (1), --backend auto|webgpu|wasm.

import { chromium } from '@playwright/test';
import { parseArgs } from 'node:util';
import { serveBuiltApp } from '../../build/built-app.ts';
import { findOrInstallChromium } from '../support/chromium.ts';
import { Inspector, type Holdings } from './inspector.ts';
import { grown, table } from './report.ts';
import { Visitor } from './visitor.ts';

const WARM_UP = 10;

const { values } = parseArgs({
  options: {
    questions: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    backend: { type: 'string', default: 'auto' },
  },
});
const questions = Number(values.questions);
if (!Number.isInteger(questions) || questions <= WARM_UP) {
  throw new Error(`--questions must be a whole number above ${WARM_UP}.`);
}

const app = await serveBuiltApp();
const browser = await chromium.launch({
  executablePath: findOrInstallChromium(),
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--enable-unsafe-webgpu'],
});
const errors: string[] = [];
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('crash', () => errors.push('the page crashed'));
  const inspector = await Inspector.attach(page);
  await page.addInitScript((backend) => {
    if (backend !== 'auto') localStorage.setItem('darkroom.backend', backend);
  }, values.backend);
  await page.goto(app.origin);
  const visitor = new Visitor(page, Number(values.seed));
  const started = performance.now();
  await visitor.seeAll();
  let before: Holdings | undefined;
  let shown = 0;
  while (visitor.counts.questions < questions) {
    const goal = before === undefined ? WARM_UP : questions;
    await visitor.converse(goal - visitor.counts.questions);
    if (visitor.counts.questions >= WARM_UP) before ??= await inspector.look();
    if (visitor.counts.questions - shown < 25) continue;
    shown = visitor.counts.questions;
    const minutes = ((performance.now() - started) / 60_000).toFixed(1);
    console.log(`${shown} questions in ${minutes} min, ${visitor.counts.failures.length} failed`);
  }
  const after = await inspector.look();
  before ??= after;
  console.log(table(before, after));
  const { failures, ...counts } = visitor.counts;
  console.log(
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', '),
  );
  const wrong = [
    ...grown(before, after),
    ...failures.map((text) => `an answer failed: ${text}`),
    ...errors.map((text) => `an error of the page: ${text}`),
    ...(values.backend === 'webgpu' && after.gpuBuffers === 0 ? ['no buffer of the GPU was counted'] : []),
  ];
  for (const one of wrong) console.error(one);
  console.log(wrong.length === 0 ? 'Nothing is left.' : `${wrong.length} complaints.`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  await browser.close();
  await app.stop();
}
