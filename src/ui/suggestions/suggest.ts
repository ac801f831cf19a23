// Chooses the suggested questions from fixed templates: by the kind of the next question's pictures, and after an
// answer by the kind of that answer. For the small built-in model, suggests only questions that it can answer.

import type { PlacedBlock } from '../answer/blocks.ts';
import { isNothing } from '../answer/data-table.ts';
import type { SuggestionStrings } from './strings.ts';
import type { PictureKind } from './picture-kind.ts';

export type SubjectKind = PictureKind | 'part' | 'two' | 'several' | 'clip';
export type AnswerKind = 'boxes' | 'table' | 'nothing' | 'text';

const MOST = 3;

export interface Wanted {
  /** Null if there is no picture to ask about. */
  subject: SubjectKind | null;
  /** Null before the first answer, and while new pictures wait for a question. */
  answer: AnswerKind | null;
  isBuiltIn: boolean;
  /** The questions of this conversation, which are not suggested again. */
  asked: readonly string[];
}

export function suggestions(
  { subject, answer, isBuiltIn, asked }: Wanted,
  says: SuggestionStrings,
): string[] {
  if (subject === null) return [];
  // The built-in model answers follow-up questions poorly.
  if (isBuiltIn && answer !== null) return [];
  const begins = isBuiltIn ? says.builtIn[subject] : says.about[subject];
  const all = answer === null ? begins : says.after[answer];
  return all.filter((question) => !asked.includes(question)).slice(0, MOST);
}

export function subjectKind(
  media: readonly { clipSeconds: number | null; part: unknown; kind: PictureKind }[],
  isFramed: boolean,
): SubjectKind | null {
  const [first, second] = media;
  if (first === undefined) return null;
  if (isFramed) return 'part';
  if (media.some(({ clipSeconds }) => clipSeconds !== null)) return media.length === 1 ? 'clip' : 'several';
  if (second !== undefined) return media.length === 2 ? 'two' : 'several';
  return first.part === null ? first.kind : 'part';
}

export function answerKind(blocks: readonly PlacedBlock[], hasMarks: boolean): AnswerKind {
  if (hasMarks) return 'boxes';
  if (blocks.length > 0 && blocks.every(({ block }) => block.kind === 'data' && isNothing(block.value))) {
    return 'nothing';
  }
  return blocks.some(({ block }) => block.kind === 'table' || block.kind === 'data') ? 'table' : 'text';
}
