// Reads answers aloud with voices of this device. A voice that is not local sends what it says to its maker's server,
// so such a voice is never used, and without a local one nothing is offered.

import { createContext } from 'svelte';
import type { LanguageCode } from '../language.svelte.ts';
import { languageOf } from './language-of.ts';

/** The part of the browser's speech that is used; null in a browser without any. */
export type Speech = Pick<
  SpeechSynthesis,
  'getVoices' | 'speak' | 'cancel' | 'addEventListener' | 'removeEventListener'
>;

export class ReadAloud {
  readonly #speech: Speech | null;
  #voices = $state.raw<readonly SpeechSynthesisVoice[]>([]);
  /** What is being read: any object that stands for it. */
  #reading = $state.raw<object | null>(null);

  constructor(speech: Speech | null) {
    this.#speech = speech;
    this.#look();
    // A page that was left in the middle of a sentence may still be speaking.
    speech?.cancel();
    // Browsers list their voices some time after the page has started.
    speech?.addEventListener('voiceschanged', () => this.#look());
  }

  /** Whether a local voice speaks the language of a text. */
  canRead(text: string): boolean {
    return this.#voiceFor(text) !== undefined;
  }

  isReading(what: object): boolean {
    return this.#reading === what;
  }

  /** Reads a text in place of what is being read. */
  start(what: object, text: string): void {
    const voice = this.#voiceFor(text);
    if (this.#speech === null || voice === undefined) return;
    this.#speech.cancel();
    this.#reading = what;
    const pieces = sentences(text);
    for (const [index, piece] of pieces.entries()) {
      const utterance = new SpeechSynthesisUtterance(piece);
      utterance.voice = voice;
      utterance.lang = voice.lang;
      const isLast = index === pieces.length - 1;
      utterance.onend = () => {
        if (isLast) this.#ended(what);
      };
      utterance.onerror = () => this.#ended(what);
      this.#speech.speak(utterance);
    }
  }

  stop(): void {
    this.#speech?.cancel();
    this.#reading = null;
  }

  #ended(what: object): void {
    // Another text may have taken its place.
    if (this.#reading === what) this.#reading = null;
  }

  #look(): void {
    this.#voices = this.#speech?.getVoices().filter((voice) => voice.localService) ?? [];
  }

  #voiceFor(text: string): SpeechSynthesisVoice | undefined {
    if (text.trim() === '') return undefined;
    const code = languageOf(text);
    const fitting = this.#voices.filter((voice) => speaks(voice, code));
    return fitting.find((voice) => voice.default) ?? fitting[0];
  }
}

function speaks({ lang }: SpeechSynthesisVoice, code: LanguageCode): boolean {
  // Android writes zh_CN; Cantonese is no Mandarin, though it is zh-HK.
  const tag = lang.replace('_', '-').toLowerCase();
  return tag.split('-')[0] === code && tag !== 'zh-hk';
}

/** Chrome falls silent in the middle of a long utterance: each sentence is one of its own. */
function sentences(text: string): string[] {
  return text.split(/(?<=[.!?…])\s+|(?<=[。！？])|\n+/).filter((piece) => piece.trim() !== '');
}

export const [useReadAloud, provideReadAloud] = createContext<ReadAloud>();
