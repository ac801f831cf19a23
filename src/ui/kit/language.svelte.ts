// The language of the page, which is detected, can be switched, and is remembered. Each folder of src/ui has a
// strings.ts with the sentences of that part of the page in both languages. A component gets them with `const says =
// $derived(language.of(strings))`.

import { createContext } from 'svelte';
import type { Remembered } from './remembered.ts';

export const LANGUAGES = ['en', 'zh'] as const;
export type LanguageCode = (typeof LANGUAGES)[number];

/** The strings of one file: the same shape in both languages. */
export interface Strings<T> {
  en: T;
  zh: T;
}

const TAGS: Record<LanguageCode, string> = { en: 'en', zh: 'zh-Hans' };

export class Language {
  readonly #remembered: Remembered;
  readonly #root: { lang: string };
  #code = $state<LanguageCode>('en');

  /**
   * `wanted`: the user's languages in order of preference, as in `navigator.languages`. `root`: the document element,
   * whose `lang` is set to the page's language.
   */
  constructor(wanted: readonly string[], remembered: Remembered, root: { lang: string }) {
    this.#remembered = remembered;
    this.#root = root;
    this.#code = known(remembered.get('language')) ?? detect(wanted);
    root.lang = TAGS[this.#code];
  }

  get code(): LanguageCode {
    return this.#code;
  }

  choose(code: LanguageCode): void {
    this.#code = code;
    this.#root.lang = TAGS[code];
    this.#remembered.set('language', code);
  }

  /** The strings in the current language. */
  of<T>(strings: Strings<T>): T {
    return strings[this.#code];
  }
}

/** The page's language. App provides it, and the components below App use it. */
export const [useLanguage, provideLanguage] = createContext<Language>();

function known(code: string | null): LanguageCode | undefined {
  return LANGUAGES.find((each) => each === code);
}

function detect(wanted: readonly string[]): LanguageCode {
  for (const tag of wanted) {
    const code = known(tag.toLowerCase().split('-')[0] ?? '');
    if (code) return code;
  }
  return 'en';
}
