// Guesses from its letters in which of the page's languages a text is written.

import type { LanguageCode } from '../kit/language.svelte.ts';

/** A Chinese word has one or two characters, an English word about five letters: one character weighs three letters. */
const LETTERS_PER_CHARACTER = 3;

export function languageOf(text: string): LanguageCode {
  const characters = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const letters = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  return characters * LETTERS_PER_CHARACTER > letters ? 'zh' : 'en';
}
