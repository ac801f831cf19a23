// The samples that come with the page, in the order in which it shows them, and what its built-in model is
// known to answer.

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
  /** Its first picture or its clip, from the project's root. */
  file: string;
  questions: KnownQuestion[];
}

export interface KnownQuestion {
  words: string;
  /** Shown as it stands; boxes are JSON, and right where they lie near it. */
  answer: string;
  isBoxes: boolean;
}

const listed = JSON.parse(readFileSync(`${FOLDER}/index.json`, 'utf8')) as { samples: Listed[] };

export const samples: readonly KnownSample[] = listed.samples.map(({ skill, images, clip, questions }) => ({
  skill,
  file: `${FOLDER}/${clip ?? images?.[0] ?? ''}`,
  questions: questions.map(({ text, answer, metric }) => ({
    words: text.en,
    answer: answer.en,
    isBoxes: metric === 'boxes',
  })),
}));

/** The first sample of a skill, where it stands among all, and its questions: each has another answer. */
export function sampleOf(skill: string): {
  index: number;
  file: string;
  questions: [KnownQuestion, KnownQuestion, KnownQuestion];
} {
  const index = samples.findIndex((sample) => sample.skill === skill);
  const [first, second, third] = samples[index]?.questions ?? [];
  if (!first || !second || !third) throw new Error(`There are not three questions about ${skill}.`);
  return { index, file: samples[index]!.file, questions: [first, second, third] };
}

/** left, top, right, bottom of each box, in thousandths of the picture. */
export function boxesOf(json: string): number[][] {
  return (JSON.parse(json) as { bbox_2d: number[] }[]).map(({ bbox_2d }) => bbox_2d);
}
