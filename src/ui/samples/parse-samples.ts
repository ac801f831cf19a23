// The list of samples: `{ samples: [{ skill, images: [file], questions: [{ text: { en, zh } }] }] }`; in place of
// `images` one may have a `clip`, a still `poster` of it, and its `seconds`.

import { Field } from '../../format/json-field.ts';

export interface Sample {
  /** What it shows a model to be good at; its kind. */
  skill: string;
  /** Absolute URLs of its pictures, or of its clip. */
  files: string[];
  /** Null where it is pictures. */
  clipSeconds: number | null;
  /** Absolute URLs of what stands for it, and stands still: its pictures, or the poster of its clip. */
  tiles: string[];
  questions: { en: string; zh: string }[];
}

export function samplesUrl(pageUrl: string): string {
  return new URL('samples/index.json', pageUrl).href;
}

/** In the list's order. Files count from its own address. Fails with 'bad-manifest', naming the field. */
export function parseSamples(json: unknown, listUrl: string): Sample[] {
  return new Field(json, 'samples: ', 'bad-manifest').at('samples').list((field) => ({
    skill: field.at('skill').string(),
    ...filesOf(field, (file) => new URL(file.string(), listUrl).href),
    questions: field.at('questions').list((question) => {
      const text = question.at('text');
      return { en: text.at('en').string(), zh: text.at('zh').string() };
    }),
  }));
}

function filesOf(
  field: Field,
  urlOf: (file: Field) => string,
): Pick<Sample, 'files' | 'clipSeconds' | 'tiles'> {
  const clip = field.optional('clip');
  if (clip !== undefined) {
    const clipSeconds = field.at('seconds').number();
    return { files: [urlOf(clip)], clipSeconds, tiles: [urlOf(field.at('poster'))] };
  }
  const files = field.at('images').list(urlOf);
  if (files.length === 0) field.at('images').fail('names no picture');
  return { files, clipSeconds: null, tiles: files };
}
