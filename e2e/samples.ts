// The page's samples, in the order in which it shows them, with the known answers of its built-in model.

import { readFileSync } from 'node:fs';

const FOLDER = 'public/samples';

interface Listed {
  skill: string;
  images?: string[];
  clip?: string;
  questions: { text: { en: string }; answer: { en: string }; metric: string }[];
}

export interface KnownSample {
  skill: string;
  /** The paths of the sample's pictures or of its clip, relative to the project's root. */
  files: [string, ...string[]];
  questions: KnownQuestion[];
}

export interface KnownQuestion {
  words: string;
  answer: string;
  /** Whether the model gives this answer word for word. Readings of gauges and boxes may differ a little. */
  isExact: boolean;
}

const listed = JSON.parse(readFileSync(`${FOLDER}/index.json`, 'utf8')) as { samples: Listed[] };

export const samples: readonly KnownSample[] = listed.samples.map(({ skill, images, clip, questions }) => ({
  skill,
  files: filesOf(clip === undefined ? images : [clip]),
  questions: questions.map(({ text, answer, metric }) => ({
    words: text.en,
    answer: answer.en,
    isExact: metric === 'exact',
  })),
}));

/** The first sample of a skill: its index among all samples, its first file, and three questions. */
export function sampleOf(skill: string): {
  index: number;
  file: string;
  questions: [KnownQuestion, KnownQuestion, KnownQuestion];
} {
  const index = samples.findIndex((sample) => sample.skill === skill);
  const [first, second, third] = samples[index]?.questions ?? [];
  if (!first || !second || !third) throw new Error(`There are not three questions about ${skill}.`);
  return { index, file: samples[index]!.files[0], questions: [first, second, third] };
}

function filesOf(names: string[] = []): [string, ...string[]] {
  const [first, ...rest] = names.map((name) => `${FOLDER}/${name}`);
  if (first === undefined) throw new Error('A sample shows nothing.');
  return [first, ...rest];
}

/** The left, top, right and bottom of each box, in thousandths of the picture. */
export function boxesOf(json: string): number[][] {
  return (JSON.parse(json) as { bbox_2d: number[] }[]).map(({ bbox_2d }) => bbox_2d);
}
