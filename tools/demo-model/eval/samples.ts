// Sample pictures with questions in both languages and their right answers: the candidates that the
// renderer draws, and public/samples/index.json.

import { Field } from '../../../src/format/json-field.ts';
import type { Metric } from './scoring.ts';

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
  /** File names beside the index. */
  images: string[];
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

/** As parseCandidates, of index.json. */
export function parseSamples(json: unknown, file: string): Sample[] {
  const samples = new Field(json, `${file}: `, 'bad-request').at('samples');
  return samples.list((field) => ({ ...head(field), questions: field.at('questions').list(question) }));
}

function head(field: Field): Omit<Sample, 'questions'> {
  return {
    skill: field.at('skill').string(),
    images: field.at('images').list((each) => each.string()),
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
