// The list of samples: `{ samples: [{ skill, images: [file], questions: [{ text: { en, zh } }] }] }`; in place of
// `images` one may have a `clip`, and a `poster` where a browser shows it in no <img>.

import { Field } from '../../format/json-field.ts';

export interface Sample {
  /** What it shows a model to be good at; its kind. */
  skill: string;
  /** Absolute URLs of its pictures, or of its clip. */
  files: string[];
  isClip: boolean;
  /** Absolute URL of the picture that stands for it. */
  tile: string;
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

function filesOf(field: Field, urlOf: (file: Field) => string): Pick<Sample, 'files' | 'isClip' | 'tile'> {
  const clip = field.optional('clip');
  if (clip !== undefined) {
    return { files: [urlOf(clip)], isClip: true, tile: urlOf(field.optional('poster') ?? clip) };
  }
  const files = field.at('images').list(urlOf);
  return { files, isClip: false, tile: files[0] ?? field.at('images').fail('names no picture') };
}
