import { expect, test } from 'vitest';
import type { Part, MediaItem } from '../media/media-item.ts';
import { toMessages } from './messages.ts';

const item = (id: string, part: Part | null = null): MediaItem => ({
  id,
  name: id,
  file: new Blob([id]),
  width: 1,
  height: 1,
  preview: new Blob(),
  clipSeconds: null,
  url: '',
  previewUrl: '',
  part,
});
const cat = item('cat');
const turn = (question: string, answer: string, media: MediaItem[] = [], thinks = false) => ({
  question,
  media,
  answer,
  thinks,
});
const image = (of: MediaItem): object => ({ type: 'image', photo: of.file });

test('media come before their question, and a follow-up repeats the earlier messages', () => {
  expect(toMessages([turn('What?', 'A cat.', [cat]), turn('Colour?', '')])).toEqual({
    messages: [
      { role: 'user', content: [image(cat), { type: 'text', text: 'What?' }] },
      { role: 'assistant', content: 'A cat.' },
      { role: 'user', content: 'Colour?' },
    ],
    media: [cat],
    own: [],
  });
});

test('a clip reaches the engine as its file, which the engine samples', () => {
  const clip = { ...item('film'), clipSeconds: 3 };
  expect(toMessages([turn('What?', '', [cat, clip])]).messages[0]?.content).toEqual([
    image(cat),
    { type: 'video', clip: clip.file },
    { type: 'text', text: 'What?' },
  ]);
});

test('a question without an answer is left out, but its media stay with the conversation', () => {
  const { messages, media } = toMessages([turn('What?', '', [cat]), turn('Again?', '')]);
  expect(messages).toEqual([{ role: 'user', content: [image(cat), { type: 'text', text: 'Again?' }] }]);
  expect(media).toEqual([cat]);
});

test('the messages leave out earlier thoughts', () => {
  const { messages } = toMessages([turn('What?', 'Hm.</think>\n\nA cat.', [], true), turn('So?', '')]);
  expect(messages[1]).toEqual({ role: 'assistant', content: 'A cat.' });
});

test('an earlier answer about the thought tag stays whole', () => {
  const about = 'The tag </think> ends a thought.';
  expect(toMessages([turn('What?', about), turn('So?', '')]).messages[1]?.content).toBe(about);
  const thought = toMessages([turn('What?', `Hm.</think>${about}`, [], true), turn('So?', '')]);
  expect(thought.messages[1]?.content).toBe(about);
});

test('a part names the picture that it was cut from if the conversation has that picture', () => {
  const ear = item('ear', { of: 'cat', box: [100, 0, 300.4, 200] });
  const [, , asked] = toMessages([turn('What?', 'A cat.', [cat]), turn('And this?', '', [ear])]).messages;
  expect(asked?.content).toEqual([
    { ...image(ear), cutFrom: { picture: 1, box: [100, 0, 300.4, 200] } },
    { type: 'text', text: 'And this?' },
  ]);
  expect(toMessages([turn('What?', '', [ear])]).messages[0]?.content).toContainEqual(image(ear));
});
