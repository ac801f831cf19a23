// Reads the held-out set in the format of make_eval.py: a folder with questions.jsonl and images/.

import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message, Part } from '../../../src/contract/conversation.ts';
import { fail } from '../../../src/failure.ts';
import { Field, parseJson } from '../../../src/format/json-field.ts';
import type { Metric } from './scoring.ts';

export interface HeldOut {
  id: string;
  skill: string;
  lang: string;
  /** Whether the wording of the question was held out, too, and not only the picture. */
  newWording: boolean;
  images: string[];
  /** The time of each image in seconds, if the images are the frames of a clip; otherwise null. */
  frameSeconds: number[] | null;
  question: string;
  answer: string;
  metric: Metric;
  scale: number;
}

/** Fails with 'missing-file' or, naming the line and the field, 'bad-request'. */
export async function readHeldOut(folder: string): Promise<HeldOut[]> {
  const file = join(folder, 'questions.jsonl');
  const text = await readFile(file, 'utf8').catch((cause: unknown) =>
    fail(
      'missing-file',
      `${file} is not there; tools/demo-model/README.md says how to render the set.`,
      cause,
    ),
  );
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line, index) => parseLine(line, `${file}:${index + 1}`));
}

function parseLine(line: string, name: string): HeldOut {
  const root = new Field(parseJson(line, name, 'bad-request'), `${name}: `, 'bad-request');
  return {
    id: root.at('id').string(),
    skill: root.at('skill').string(),
    lang: root.at('lang').string(),
    newWording: root.at('heldOutPhrasing').boolean(),
    images: root.at('images').list((each) => each.string()),
    frameSeconds: root.optional('frameSeconds')?.list((each) => each.number()) ?? null,
    question: root.at('question').string(),
    answer: root.at('answer').string(),
    metric: root.at('metric').oneOf(['exact', 'boxes', 'gauge']),
    scale: root.at('scale').number(),
  };
}

/** The question as a conversation of one message. */
export async function asMessages(folder: string, held: HeldOut): Promise<Message[]> {
  const files = await Promise.all(held.images.map((name) => openAsBlob(join(folder, 'images', name))));
  const text: Part = { type: 'text', text: held.question };
  if (held.frameSeconds === null) {
    return [{ role: 'user', content: [...files.map((photo): Part => ({ type: 'image', photo })), text] }];
  }
  // The indices count frames of the clip itself.
  const clip: Part = {
    ...{ type: 'video', frames: files, fps: framesPerSecond(held.frameSeconds) },
    indices: files.map((_, i) => i),
  };
  return [{ role: 'user', content: [clip, text] }];
}

/** Computes the frame rate. Assumes that the frames are evenly spaced. */
export function framesPerSecond([first = 0, second = 1]: readonly number[]): number {
  return 1 / (second - first);
}
