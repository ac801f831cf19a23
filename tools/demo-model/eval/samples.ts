// Reads sample pictures and clips with questions in both languages and their right answers, from the candidates that
// the renderer draws and from public/samples/index.json.

import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import type { Part } from '../../../src/contract/conversation.ts';
import { Field } from '../../../src/format/json-field.ts';
import type { Metric } from './scoring.ts';

const HAN = /\p{Script=Han}/u;
export const LANGUAGES = ['en', 'zh'] as const;
export type Texts = Record<(typeof LANGUAGES)[number], string>;

export interface SampleQuestion {
  text: Texts;
  answer: Texts;
  metric: Metric;
  scale: number;
}

export interface Sample {
  skill: string;
  /** File names of the pictures, in the folder of the JSON file that lists the sample; empty if the sample is a clip. */
  images: string[];
  clip: string | undefined;
  questions: SampleQuestion[];
}

export interface Candidate extends Sample {
  questions: (SampleQuestion & { kind: string })[];
}

/** Fails with 'bad-request', naming the field. */
export function parseCandidates(json: unknown, file: string): Candidate[] {
  return new Field(json, `${file}: `, 'bad-request').list((field) => ({
    ...head(field),
    questions: field.at('questions').list((each) => ({ kind: each.at('kind').string(), ...question(each) })),
  }));
}

/** Like parseCandidates, for index.json. */
export function parseSamples(json: unknown, file: string): Sample[] {
  const samples = new Field(json, `${file}: `, 'bad-request').at('samples');
  return samples.list((field) => ({ ...head(field), questions: field.at('questions').list(question) }));
}

/**
 * Whether a user who reads only one of the languages can read the question and its answer. Charts contain names in
 * either script, and an English reader cannot read an English question about a Chinese name.
 */
export function isReadable({ text, answer }: Pick<SampleQuestion, 'text' | 'answer'>): boolean {
  return !HAN.test(text.en) && !HAN.test(answer.en) && HAN.test(text.zh);
}

/** The pictures or the clip of a question, from the files in `folder`. */
export async function mediaOf(
  { images, clip }: Pick<Sample, 'images' | 'clip'>,
  folder: string,
): Promise<Part[]> {
  if (clip !== undefined) return [{ type: 'video', clip: await openAsBlob(join(folder, clip)) }];
  const photos = await Promise.all(images.map((name) => openAsBlob(join(folder, name))));
  return photos.map((photo) => ({ type: 'image', photo }));
}

function head(field: Field): Omit<Sample, 'questions'> {
  const clip = field.optional('clip')?.string();
  return {
    skill: field.at('skill').string(),
    images: clip === undefined ? field.at('images').list((each) => each.string()) : [],
    clip,
  };
}

function question(field: Field): SampleQuestion {
  return {
    text: texts(field.at('text')),
    answer: texts(field.at('answer')),
    metric: field.at('metric').oneOf(['exact', 'boxes', 'gauge']),
    scale: field.at('scale').number(),
  };
}

function texts(field: Field): Texts {
  return { en: field.at('en').string(), zh: field.at('zh').string() };
}
