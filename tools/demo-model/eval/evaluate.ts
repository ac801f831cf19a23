// npm run eval:demo: asks the shipped package the held-out questions, through the shipped engine (greedy, on the processor) or,
// with --browser, through the built page on WebGPU. Counts the right answers.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '../../../src/failure.ts';
import { complaint } from '../../cli/node/complaint.ts';
import { readHeldOut } from './held-out.ts';
import { answersInBrowser, canBeAskedOnPage } from './in-browser.ts';
import { AnsweringEngine } from './in-engine.ts';
import { isRight } from './scoring.ts';
import { Scores } from './table.ts';

const here = import.meta.dirname;
const USAGE = `npm run eval:demo -- [options]
  --package DIR   (public/models/demo)
  --set DIR       questions.jsonl and images/, as make_eval.py writes them (tools/demo-model/.cache/held-out)
  --skills a,b    only these
  --most N        at most so many questions of a skill
  --wrong N       show so many wrong answers of each skill
  --threads N     (2)
  --browser       ask the built page (npm run build) in Chromium on WebGPU; takes the shipped package`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      package: { type: 'string', default: resolve(here, '../../../public/models/demo') },
      set: { type: 'string', default: resolve(here, '../.cache/held-out') },
      skills: { type: 'string' },
      most: { type: 'string', default: 'Infinity' },
      wrong: { type: 'string', default: '0' },
      threads: { type: 'string', default: '2' },
      browser: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const skills = values.skills?.split(',');
  const asked = new Map<string, number>();
  const set = await readHeldOut(values.set);
  const questions = (values.browser ? set.filter(canBeAskedOnPage) : set).filter(({ skill }) => {
    const count = (asked.get(skill) ?? 0) + 1;
    asked.set(skill, count);
    return count <= Number(values.most) && (skills?.includes(skill) ?? true);
  });
  const scores = new Scores();
  const shown = new Map<string, number>();
  const start = performance.now();
  const inEngine = values.browser
    ? undefined
    : await AnsweringEngine.open(values.package, Number(values.threads));
  const answers = inEngine?.answers(values.set, questions) ?? answersInBrowser(values.set, questions);
  let count = 0;
  for await (const [held, text] of answers) {
    count++;
    const right = isRight(text, held.answer, held.metric, held.scale);
    scores.add(held, right);
    // A run takes tens of minutes on a software adapter, so print each result in case the run is interrupted.
    if (values.browser) process.stderr.write(`${held.id} ${right ? 'right' : 'wrong'}\n`);
    const before = shown.get(held.skill) ?? 0;
    if (!right && before < Number(values.wrong)) {
      shown.set(held.skill, before + 1);
      process.stdout.write(`${held.id} ${held.question}\n  answered ${text}\n  right is ${held.answer}\n`);
    }
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  process.stdout.write(`${scores.table()}\n${count} questions in ${seconds} s\n`);
  if (inEngine?.use !== undefined) process.stdout.write(`${inEngine.use.summary()}\n`);
  await inEngine?.close();
}

try {
  await main();
} catch (error) {
  const code = error instanceof Failure ? ` (${error.code})` : '';
  process.stderr.write(`${complaint(error)}${code}\n`);
  process.exit(1);
}
