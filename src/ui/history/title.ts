// The title of a conversation: its first words, or the name of its first picture.

import { visibleText } from '../../format/visible-text.ts';
import type { SavedTurn } from '../conversation/turn.svelte.ts';
import type { SavedItem } from '../media/open-media.ts';

const TITLE_LENGTH = 80;

interface Titled {
  turns: readonly SavedTurn[];
  /** The words of the question that the user has not sent yet; `attachments` has its pictures. */
  words?: string;
  attachments?: readonly SavedItem[];
}

export function titleOf({ turns, words = '', attachments = [] }: Titled): string {
  const first = turns.find((turn) => turn.question.trim() !== '');
  const item = turns[0]?.media[0] ?? attachments[0];
  const text = [first?.question ?? '', words, item?.name ?? ''].find((one) => one.trim() !== '') ?? '';
  const line = visibleText(text.trim().replace(/\s+/g, ' '));
  return line.length > TITLE_LENGTH ? `${line.slice(0, TITLE_LENGTH - 1)}…` : line;
}
