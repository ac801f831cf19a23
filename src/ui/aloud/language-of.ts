// Which of the page's languages a text is written in, by its letters.

import type { LanguageCode } from '../language.svelte.ts';

/** Chinese writes a word with one or two characters, English with five letters: so many weigh the same. */
const LETTERS_PER_CHARACTER = 3;

export function languageOf(text: string): LanguageCode {
  const characters = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const letters = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  return characters * LETTERS_PER_CHARACTER > letters ? 'zh' : 'en';
}
