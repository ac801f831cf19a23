// npm run eval:demo: the held-out questions, answered by the shipped package through the shipped engine
// (greedy, on WASM), and how many were answered rightly.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { AnswerEvent } from '../../../src/contract/answer.ts';
import { loadEngine } from '../../../src/engine/load-engine.ts';
import { Failure } from '../../../src/failure.ts';
import { complaint } from '../../node/complaint.ts';
import { decodePhoto } from '../../node/decode-photo.ts';
import { openDirectoryStore } from '../../node/directory-store.ts';
import { createNodeRuntime } from '../../node/runtime.ts';
import { asMessages, readHeldOut } from './held-out.ts';
import { isRight } from './scoring.ts';
import { ExpertUse, Scores } from './table.ts';

const here = import.meta.dirname;
const USAGE = `npm run eval:demo -- [options]
  --package DIR   (public/models/demo)
  --set DIR       questions.jsonl and images/, as make_eval.py writes them (tools/demo-model/.cache/held-out)
  --skills a,b    only these
  --most N        at most so many questions of a skill
  --wrong N       show so many wrong answers of each skill
  --threads N     (2)`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      package: { type: 'string', default: resolve(here, '../../../public/models/demo') },
      set: { type: 'string', default: resolve(here, '../.cache/held-out') },
      skills: { type: 'string' },
      most: { type: 'string', default: 'Infinity' },
      wrong: { type: 'string', default: '0' },
      threads: { type: 'string', default: '2' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const skills = values.skills?.split(',');
  const asked = new Map<string, number>();
  const questions = (await readHeldOut(values.set)).filter(({ skill }) => {
    const count = (asked.get(skill) ?? 0) + 1;
    asked.set(skill, count);
    return count <= Number(values.most) && (skills?.includes(skill) ?? true);
  });
  const never = new AbortController().signal;
  const runtime = await createNodeRuntime({ backend: 'wasm', threads: Number(values.threads) });
  const engine = await loadEngine(await openDirectoryStore(values.package), runtime, decodePhoto, {}, never);
  const scores = new Scores();
  const { moe } = engine.files.config.text;
  const use = moe === undefined ? undefined : new ExpertUse(moe.layers.length, moe.experts);
  const shown = new Map<string, number>();
  const start = performance.now();
  for (const held of questions) {
    const messages = await asMessages(values.set, held);
    const options = { maxTokens: 200, sampling: {}, watchExperts: true };
    const watch = (event: AnswerEvent): void => {
      if (event.kind === 'experts') use?.add(event.chosen);
    };
    const { text } = await engine.answer(messages, options, watch, never);
    const right = isRight(text, held.answer, held.metric, held.scale);
    scores.add(held, right);
    const before = shown.get(held.skill) ?? 0;
    if (!right && before < Number(values.wrong)) {
      shown.set(held.skill, before + 1);
      process.stdout.write(`${held.id} ${held.question}\n  answered ${text}\n  right is ${held.answer}\n`);
    }
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  process.stdout.write(`${scores.table()}\n${questions.length} questions in ${seconds} s\n`);
  if (use !== undefined) process.stdout.write(`${use.summary()}\n`);
  await engine.dispose();
  runtime.dispose();
}

try {
  await main();
  process.exit(0); // the runtime's threads would keep the process
} catch (error) {
  const code = error instanceof Failure ? ` (${error.code})` : '';
  process.stderr.write(`${complaint(error)}${code}\n`);
  process.exit(1);
}
