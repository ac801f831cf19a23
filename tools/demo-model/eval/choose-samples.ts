// npm run samples:demo: chooses the samples of the first page from the candidates drawn by make_candidates.py. Keeps
// the pictures and clips about which the shipped package answers at least three questions correctly in both languages,
// and writes them to public/samples with those questions.

import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import type { Engine } from '../../../src/engine/engine.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { openEngine } from '../../../src/node/open-engine.ts';
import { kernelFiles } from '../../build/kernel-files.ts';
import {
  isReadable,
  LANGUAGES,
  mediaOf,
  parseCandidates,
  type Candidate,
  type SampleQuestion,
} from './samples.ts';
import { isRight } from './scoring.ts';

const here = import.meta.dirname;
const QUESTIONS_EACH = 3;
/** The required overlap of a box with the true one. It is high, because the page draws the box. */
const OVERLAP = 0.75;
const never = new AbortController().signal;

const { values } = parseArgs({
  options: {
    candidates: { type: 'string', default: resolve(here, '../.cache/candidates') },
    package: { type: 'string', default: resolve(here, '../../../public/models/demo') },
    out: { type: 'string', default: resolve(here, '../../../public/samples') },
    skills: { type: 'string' },
    each: { type: 'string', default: '4' },
  },
});

const store = await openDirectoryStore(values.package);
const { engine } = await openEngine(store, await kernelFiles(), {}, never);
const file = join(values.candidates, 'candidates.json');
const candidates = parseCandidates(JSON.parse(await readFile(file, 'utf8')), file);
const wanted = values.skills?.split(',') ?? [...new Set(candidates.map(({ skill }) => skill))];
await rm(values.out, { recursive: true, force: true });
await mkdir(values.out, { recursive: true });
const rounds: object[][] = [];
/** The number of questions of each kind that have been kept so far. */
const kept = new Map<string, number>();
for (const skill of wanted) {
  let pictures = 0;
  for (const candidate of candidates.filter((each) => each.skill === skill)) {
    if (pictures === Number(values.each)) break;
    const questions = await answered(engine, candidate);
    if (questions.length < QUESTIONS_EACH) continue;
    const images = candidate.images.map(
      (_, i) => `${skill}-${pictures + 1}${i === 0 ? '' : `-${i + 1}`}.webp`,
    );
    for (const [i, name] of candidate.images.entries()) {
      await sharp(join(values.candidates, name))
        .webp({ lossless: true })
        .toFile(join(values.out, images[i]!));
    }
    const clip =
      candidate.clip === undefined ? undefined : await copyClip(candidate.clip, `${skill}-${pictures + 1}`);
    for (const { kind } of questions) kept.set(kind, (kept.get(kind) ?? 0) + 1);
    (rounds[pictures] ??= []).push({
      skill,
      ...(clip ?? { images }),
      questions: questions.map(({ kind: _kind, ...question }) => question),
    });
    pictures++;
  }
  process.stdout.write(`${skill}: ${pictures} pictures\n`);
}
// One sample of each skill, then the second of each, and so on: the page shows them in this order.
await writeFile(join(values.out, 'index.json'), `${JSON.stringify({ samples: rounds.flat() }, null, 2)}\n`);

/** Copies the clip, stores its middle frame as the poster, and returns its duration. */
async function copyClip(
  file: string,
  name: string,
): Promise<{ clip: string; poster: string; seconds: number }> {
  const from = join(values.candidates, file);
  const [clip, poster] = [`${name}${extname(file)}`, `${name}-poster.webp`];
  await copyFile(from, join(values.out, clip));
  const { pages = 1, delay = [] } = await sharp(from).metadata();
  await sharp(from, { page: Math.floor(pages / 2) })
    .webp({ lossless: true })
    .toFile(join(values.out, poster));
  return { clip, poster, seconds: delay.reduce((sum, ms) => sum + ms, 0) / 1000 };
}

/**
 * Returns up to three questions that the model answers correctly in both languages, with three different answers. The
 * kinds that were kept least often come first; a kind is repeated only if there is no other.
 */
async function answered(
  engine: Engine,
  candidate: Candidate,
): Promise<(SampleQuestion & { kind: string })[]> {
  const questions = candidate.questions.filter(isReadable);
  const media = await mediaOf(candidate, values.candidates);
  const isFirst = questions.map(({ kind }, i) => questions.findIndex((other) => other.kind === kind) === i);
  const often = ({ kind }: { kind: string }): number => kept.get(kind) ?? 0;
  const inOrder = [...questions.filter((_, i) => isFirst[i]), ...questions.filter((_, i) => !isFirst[i])];
  const rarest = inOrder.toSorted((a, b) => often(a) - often(b));
  const found: (SampleQuestion & { kind: string })[] = [];
  for (const question of rarest) {
    if (found.length === QUESTIONS_EACH) break;
    if (found.some(({ answer }) => answer.en === question.answer.en)) continue;
    // Do not invite users to look for something that is not in the picture.
    if (question.answer.en === '[]') continue;
    let right = true;
    for (const lang of LANGUAGES) {
      const content = [...media, { type: 'text' as const, text: question.text[lang] }];
      const options = { maxTokens: 200, sampling: {} };
      const { text } = await engine.answer([{ role: 'user', content }], options, () => undefined, never);
      right &&= isRight(text, question.answer[lang], question.metric, question.scale, OVERLAP);
    }
    if (right) found.push(question);
  }
  return found;
}
