// Turns turns into the messages for the model. Photos and clips come before their question, as in training; thoughts of
// earlier answers are left out.

import type { Message, Part } from '../../contract/conversation.ts';
import type { MediaItem } from '../media/media-item.ts';
import { splitThought } from '../answer/thought.ts';

interface Said {
  question: string;
  media: readonly MediaItem[];
  /** The model's text, including its thought; '' if it did not answer. */
  answer: string;
  thinks: boolean;
}

export interface Asked {
  messages: Message[];
  /** All media in the order in which the model sees them. */
  media: MediaItem[];
  /** The media of the last message. */
  own: MediaItem[];
}

/** The last turn is the one to answer. An earlier turn without an answer is left out; the next turn gets its media. */
export function toMessages(turns: readonly Said[]): Asked {
  const messages: Message[] = [];
  const media: MediaItem[] = [];
  let latest: MediaItem[] = [];
  let waiting: MediaItem[] = [];
  for (const [index, { question, media: own, answer, thinks }] of turns.entries()) {
    waiting = [...waiting, ...own.filter((item) => !waiting.includes(item))];
    const said = splitThought(answer, thinks).answer;
    const isLast = index === turns.length - 1;
    if (!isLast && said === '') continue;
    messages.push({ role: 'user', content: content(question, waiting, media) });
    media.push(...waiting);
    latest = waiting;
    waiting = [];
    if (!isLast) messages.push({ role: 'assistant', content: said });
  }
  return { messages, media, own: latest };
}

/** `before`: the media of earlier messages. They are needed to name the picture from which a part was cut. */
function content(
  question: string,
  media: readonly MediaItem[],
  before: readonly MediaItem[],
): Message['content'] {
  if (media.length === 0) return question;
  const all = [...before, ...media];
  const parts = media.map((item): Part => {
    if (item.clipSeconds !== null) return { type: 'video', clip: item.file };
    const { file, part } = item;
    const whole = all.findIndex(({ id }) => id === part?.of);
    if (part === null || whole < 0) return { type: 'image', photo: file };
    return { type: 'image', photo: file, cutFrom: { picture: whole + 1, box: part.box } };
  });
  return [...parts, { type: 'text', text: question }];
}
