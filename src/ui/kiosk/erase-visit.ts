// Erases everything that a visit leaves behind in the page: pictures, questions, answers, the visitor's language, and
// the model's cached conversation.

import type { LanguageCode } from '../kit/language.svelte.ts';
import type { KioskParts } from './kiosk-parts.ts';

/** `ownLanguage`: the language in which the kiosk waits. */
export function eraseVisit(parts: KioskParts, ownLanguage: LanguageCode): void {
  const { forget, library, privacy, language } = parts;
  erasePictures(parts);
  forget();
  library.hide();
  privacy.hide();
  if (language.code !== ownLanguage) language.choose(ownLanguage);
}

/** Erases the pictures, and the questions about them. */
export function erasePictures(
  parts: Pick<KioskParts, 'conversation' | 'attachments' | 'openMedia' | 'samples'>,
): void {
  parts.conversation.clear();
  parts.attachments.take();
  parts.openMedia.keepOnly([]);
  parts.samples.leave();
}
