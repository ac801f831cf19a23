// Lists the failures of an answer that leave the loaded model intact, so that it can take the next question.

import type { FailureCode, FailureInfo } from '../../failure.ts';

const HARMLESS: ReadonlySet<FailureCode> = new Set([
  'bad-photo',
  'empty-file',
  'heic-photo',
  'tiff-picture',
  'svg-drawing',
  'pdf-file',
  'office-file',
  'text-file',
  'not-a-picture',
  'pixels-withheld',
  'photo-too-large',
  'photo-too-narrow',
  'prompt-too-long',
  'question-too-long',
  'bad-request',
]);

export function modelSurvives({ code }: FailureInfo): boolean {
  return HARMLESS.has(code);
}
