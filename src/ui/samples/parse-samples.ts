// The list of sample pictures: `{ samples: [{ skill, images: [file], questions: [{ text: { en, zh } }] }] }`.

import { Field } from '../../format/json-field.ts';

export interface Sample {
  /** What it shows a model to be good at; its kind. */
  skill: string;
  /** Absolute URLs. */
  images: string[];
  questions: { en: string; zh: string }[];
}

export function samplesUrl(pageUrl: string): string {
  return new URL('samples/index.json', pageUrl).href;
}

/** In the list's order. Files count from its own address. Fails with 'bad-manifest', naming the field. */
export function parseSamples(json: unknown, listUrl: string): Sample[] {
  return new Field(json, 'samples: ', 'bad-manifest').at('samples').list((field) => ({
    skill: field.at('skill').string(),
    images: field.at('images').list((file) => new URL(file.string(), listUrl).href),
    questions: field.at('questions').list((question) => {
      const text = question.at('text');
      return { en: text.at('en').string(), zh: text.at('zh').string() };
    }),
  }));
}
