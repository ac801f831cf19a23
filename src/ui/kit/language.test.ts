import { expect, test } from 'vitest';
import { Language } from './language.svelte.ts';
import type { Remembered } from './remembered.ts';

class Notes implements Remembered {
  readonly kept = new Map<string, string | null>();
  get(name: string): string | null {
    return this.kept.get(name) ?? null;
  }
  set(name: string, value: string | null): void {
    this.kept.set(name, value);
  }
}

const strings = { en: { hello: 'Hello' }, zh: { hello: '你好' } };

test('the page takes the first of the user’s languages that it has, or English if it has none', () => {
  const detect = (...wanted: string[]): string => new Language(wanted, new Notes(), { lang: '' }).code;
  expect(detect('zh-TW', 'en')).toBe('zh');
  expect(detect('fr-CH', 'zh-Hans-CN', 'en')).toBe('zh');
  expect(detect('de', 'en-GB')).toBe('en');
  expect(detect('de')).toBe('en');
  expect(detect()).toBe('en');
});

test('the page remembers a choice, and sets the document’s language', () => {
  const notes = new Notes();
  const root = { lang: '' };
  const language = new Language(['en'], notes, root);
  expect([language.of(strings).hello, root.lang]).toEqual(['Hello', 'en']);
  language.choose('zh');
  expect([language.of(strings).hello, root.lang]).toEqual(['你好', 'zh-Hans']);
  expect(new Language(['en'], notes, root).code).toBe('zh');
});

test('the page ignores a remembered language that it does not have', () => {
  const notes = new Notes();
  notes.set('language', 'tlh');
  expect(new Language(['zh'], notes, { lang: '' }).code).toBe('zh');
});
