// Shortens a conversation that has grown beyond the context: leaves out the oldest turns, several at a time, so that
// the prefix cache serves the next questions. The pictures of those turns stay in the conversation as long as they fit.

import type { LeftOut } from '../../contract/answer.ts';
import type { Message, Part } from '../../contract/conversation.ts';

export interface FittedConversation {
  messages: readonly Message[];
  /** The parts of the conversation that the model does not see. */
  leftOut: LeftOut;
}

/**
 * The longest end of a conversation that `fits`, which always contains the last question. System messages stay. Returns
 * undefined if even the last question with its own pictures does not fit.
 */
export function fitContext(
  messages: readonly Message[],
  fits: (messages: readonly Message[]) => boolean,
): FittedConversation | undefined {
  if (fits(messages)) return { messages, leftOut: { turns: 0, pictures: 0 } };
  const conversation = splitTurns(messages);
  const earlier = conversation.turns.length - 1;
  const pictures = conversation.turns.slice(0, -1).flatMap((turn) => turn.flatMap(mediaOf)).length;
  const fitsWithout = (leftOut: LeftOut): boolean => fits(without(conversation, leftOut));

  const turns = least(1, earlier, (count) => fitsWithout({ turns: count, pictures: 0 }));
  if (turns !== undefined) {
    const leftOut = { turns: roundUp(turns, earlier), pictures: 0 };
    return { messages: without(conversation, leftOut), leftOut };
  }
  const count = least(1, pictures, (first) => fitsWithout({ turns: earlier, pictures: first }));
  const leftOut = count === undefined ? undefined : { turns: earlier, pictures: count };
  return leftOut && { messages: without(conversation, leftOut), leftOut };
}

/**
 * The smallest count from `low` to `high` for which `holds` is true. If it is true for one count, it is true
 * for all larger ones.
 */
function least(low: number, high: number, holds: (count: number) => boolean): number | undefined {
  if (low > high || !holds(high)) return undefined;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Rounds up to a multiple of about a quarter of the turns that would stay. The beginning of the prompt then stays the
 * same for that many questions, so that the prefix cache holds it.
 */
function roundUp(turns: number, earlier: number): number {
  const unit = 2 ** Math.floor(Math.log2(Math.max(1, (earlier - turns) / 4)));
  return Math.min(earlier, Math.ceil(turns / unit) * unit);
}

interface Conversation {
  system: Message[];
  /** A question, and the messages that follow it. */
  turns: Message[][];
}

function splitTurns(messages: readonly Message[]): Conversation {
  const system: Message[] = [];
  const turns: Message[][] = [];
  for (const message of messages) {
    if (message.role === 'system') system.push(message);
    else if (message.role === 'user' || turns.length === 0) turns.push([message]);
    else turns.at(-1)!.push(message);
  }
  return { system, turns };
}

/** The pictures of turns that are left out move to the first question that stays, in their order. */
function without({ system, turns }: Conversation, leftOut: LeftOut): Message[] {
  const moved = turns
    .slice(0, leftOut.turns)
    .flatMap((turn) => turn.flatMap(mediaOf))
    .slice(leftOut.pictures);
  const [[question, ...rest] = [], ...others] = turns.slice(leftOut.turns);
  if (question === undefined) return [...system];
  return [...system, { ...question, content: [...moved, ...partsOf(question)] }, ...rest, ...others.flat()];
}

function partsOf({ content }: Message): Part[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function mediaOf(message: Message): Part[] {
  return partsOf(message).filter((part) => part.type !== 'text');
}
