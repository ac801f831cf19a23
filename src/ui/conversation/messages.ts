// Turns turns into the messages for the model. Photos and clips come before their question, as in training; thoughts of
// earlier answers are left out.

import type { Message, Part } from '../../contract/conversation.ts';
import type { Photo } from '../photos/photo.ts';
import { splitThought } from '../answer/thought.ts';

interface Said {
  question: string;
  photos: readonly Photo[];
  /** The model's text, including its thought; '' if it did not answer. */
  answer: string;
  thinks: boolean;
}

export interface Asked {
  messages: Message[];
  /** All photos in the order in which the model sees them. */
  photos: Photo[];
  /** The photos of the last message. */
  own: Photo[];
}

/** The last turn is the one to answer. An earlier turn without an answer is left out; the next turn gets its photos. */
export function toMessages(turns: readonly Said[]): Asked {
  const messages: Message[] = [];
  const photos: Photo[] = [];
  let latest: Photo[] = [];
  let waiting: Photo[] = [];
  for (const [index, { question, photos: own, answer, thinks }] of turns.entries()) {
    waiting = [...waiting, ...own.filter((photo) => !waiting.includes(photo))];
    const said = splitThought(answer, thinks).answer;
    const isLast = index === turns.length - 1;
    if (!isLast && said === '') continue;
    messages.push({ role: 'user', content: content(question, waiting, photos) });
    photos.push(...waiting);
    latest = waiting;
    waiting = [];
    if (!isLast) messages.push({ role: 'assistant', content: said });
  }
  return { messages, photos, own: latest };
}

/** `before`: the photos of earlier messages. They are needed to name the picture from which a part was cut. */
function content(question: string, photos: readonly Photo[], before: readonly Photo[]): Message['content'] {
  if (photos.length === 0) return question;
  const all = [...before, ...photos];
  const parts = photos.map((photo): Part => {
    if (photo.clipSeconds !== null) return { type: 'video', clip: photo.file };
    const { file, part } = photo;
    const whole = all.findIndex(({ id }) => id === part?.of);
    if (part === null || whole < 0) return { type: 'image', photo: file };
    return { type: 'image', photo: file, cutFrom: { picture: whole + 1, box: part.box } };
  });
  return [...parts, { type: 'text', text: question }];
}
