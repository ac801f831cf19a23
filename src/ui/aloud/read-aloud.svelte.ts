// Reads answers aloud with voices of this device. A voice that is not local sends the text to a server of the voice's
// maker, so the page never uses such a voice. If there is no local voice, the page does not offer to read aloud.

import { createContext } from 'svelte';
import type { LanguageCode } from '../kit/language.svelte.ts';
import { languageOf } from './language-of.ts';

/** The part of the browser's speech synthesis that `ReadAloud` uses; it takes null in a browser that has none. */
export type Speech = Pick<
  SpeechSynthesis,
  'getVoices' | 'speak' | 'cancel' | 'addEventListener' | 'removeEventListener'
>;

export class ReadAloud {
  readonly #speech: Speech | null;
  #voices = $state.raw<readonly SpeechSynthesisVoice[]>([]);
  /** The object whose text is being read, such as a turn; it serves only as an identity. */
  #reading = $state.raw<object | null>(null);

  constructor(speech: Speech | null) {
    this.#speech = speech;
    this.#look();
    // Speech that the previous page began may still be running.
    speech?.cancel();
    // Browsers fill their list of voices some time after the page has started.
    speech?.addEventListener('voiceschanged', () => this.#look());
  }

  /** Whether a local voice speaks the language of a text. */
  canRead(text: string): boolean {
    return this.#voiceFor(text) !== undefined;
  }

  isReading(what: object): boolean {
    return this.#reading === what;
  }

  /** Stops the text that is being read, and reads `text`, which belongs to `what`. */
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
    // Another text may be playing by now.
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
  // Android writes zh_CN. A zh-HK voice speaks Cantonese, not Mandarin.
  const tag = lang.replace('_', '-').toLowerCase();
  return tag.split('-')[0] === code && tag !== 'zh-hk';
}

/** Splits a text so that each sentence becomes its own utterance: Chrome falls silent in the middle of a long one. */
function sentences(text: string): string[] {
  return text.split(/(?<=[.!?…])\s+|(?<=[。！？])|\n+/).filter((piece) => piece.trim() !== '');
}

export const [useReadAloud, provideReadAloud] = createContext<ReadAloud>();
