// Parses the list of samples: `{ samples: [{ skill, images: [file], questions: [{ text: { en, zh } }] }] }`. In place of
// `images`, a sample may have a `clip`, a still `poster` of the clip, and its length in `seconds`.

import { Field } from '../../format/json-field.ts';

export interface Sample {
  /** The skill that the sample demonstrates. */
  skill: string;
  /** Absolute URLs of the sample's pictures, or of its clip. */
  files: string[];
  /** The length of the clip in seconds; null if the sample consists of pictures. */
  clipSeconds: number | null;
  /** Absolute URLs of the still pictures that represent the sample: its pictures, or the poster of its clip. */
  tiles: string[];
  questions: { en: string; zh: string }[];
}

export function samplesUrl(pageUrl: string): string {
  return new URL('samples/index.json', pageUrl).href;
}

/** The samples in the list's order. URLs are relative to `listUrl`. Fails with 'bad-manifest', naming the field. */
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
