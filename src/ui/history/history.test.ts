// Tests export and import of conversations, and the records that the history keeps. The tests in e2e/ cover the storage
// itself, in a real browser.

import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { OpenedMedia } from '../../contract/media.ts';
import type { Outcome } from '../../failure.ts';
import type { SavedConversation } from '../conversation/conversation.svelte.ts';
import type { SavedTurn } from '../conversation/turn.svelte.ts';
import type { SavedItem } from '../media/open-media.ts';
import { en } from './strings.ts';
import { fromJson, toJson } from './conversation-json.ts';
import { toMarkdown } from './export-markdown.ts';
import type { Kept } from './history-store.ts';
import { History } from './history.svelte.ts';

const BYTES = new Uint8Array([137, 80, 78, 71, 0, 255, 10]);
const preview = new Blob(['small']);
const open = (file: Blob): Promise<Outcome<OpenedMedia>> =>
  Promise.resolve({ kind: 'done', value: { file, width: 4, height: 3, preview, clipSeconds: null } });

function item(id: string, part: SavedItem['part'] = null): SavedItem {
  const file = new Blob([BYTES], { type: 'image/png' });
  return { id, name: `a [${id}].png`, file, width: 4, height: 3, preview, clipSeconds: null, part };
}

const first: SavedTurn = {
  id: 't1',
  question: 'What is this?',
  media: [item('p1'), item('p2', { of: 'p1', box: [0, 10, 500, 1000] })],
  answer: 'Let me see.\n</think>\n\nA **cat**.',
  thoughtMs: 1200,
  waited: { firstWordMs: 900, wholeMs: 5200 },
  answerer: { id: 'm', backend: 'webgpu', precision: 'f16', thinks: true },
  options: { maxTokens: 9, sampling: { temperature: 0.7, topP: 0.8 }, maxPictureTokens: 256 },
  ending: {
    kind: 'answered',
    facts: {
      ...{ tokens: 3, promptTokens: 9, cachedTokens: 0, reason: 'eos' },
      timings: { decodingMs: 1, visionMs: 2, prefillMs: 3, answeringMs: 4 },
    },
  },
};
const second: SavedTurn = {
  ...{
    id: 't2',
    question: 'And now?',
    media: [],
    answer: '',
    thoughtMs: null,
    waited: null,
    answerer: null,
    options: null,
  },
  ending: { kind: 'failed', failure: { code: 'device-lost', message: 'gone' } },
};
const conversation: SavedConversation = { id: 'c', turns: [first, second] };

test('a conversation survives export and import as JSON unchanged, its pictures to the byte', async () => {
  const back = await fromJson(await toJson(conversation), open);
  expect(back.id).not.toBe('c');
  const [whole, part] = back.turns[0]?.media ?? [];
  expect(part?.part?.of).toBe(whole?.id);
  const named = JSON.stringify(back.turns)
    .replaceAll(whole?.id ?? '', 'p1')
    .replaceAll(part?.id ?? '', 'p2');
  expect(JSON.parse(named)).toEqual(JSON.parse(JSON.stringify(conversation.turns)));
  const file = back.turns[0]?.media[0]?.file;
  expect(file?.type).toBe('image/png');
  expect(new Uint8Array((await file?.arrayBuffer()) ?? [])).toEqual(BYTES);
});

test('the export writes a media item of several turns once', async () => {
  const twice = { ...conversation, turns: [first, { ...second, media: first.media }] };
  const json = JSON.parse(await toJson(twice)) as { photos: unknown[] };
  expect(json.photos).toHaveLength(2);
  expect((await fromJson(JSON.stringify(json), open)).turns[1]?.media).toHaveLength(2);
});

test('a media item that a turn names twice stays one item', async () => {
  const json = JSON.parse(await toJson(conversation)) as { turns: { photos: string[] }[] };
  json.turns[0]!.photos = ['p1', 'p1', 'p2', 'p1'];
  expect((await fromJson(JSON.stringify(json), open)).turns[0]?.media).toHaveLength(2);
});

test('the import refuses a file that is no conversation, and names its fault', async () => {
  const good = JSON.parse(await toJson(conversation)) as Record<string, unknown>;
  const spoilt = (change: object): string => JSON.stringify({ ...good, ...change });
  const bad: [string, RegExp][] = [
    ['not json', /not valid JSON/],
    ['[]', /must be an object/],
    [spoilt({ format: 'other' }), /format: must be one of darkroom-conversation/],
    [spoilt({ photos: [{ id: 'p', name: 'x', type: 'image/png', data: '%%%' }] }), /data: is not base64/],
    [
      spoilt({ turns: [{ ...second, photos: ['none'] }] }),
      /turns\[0\].photos\[0\]: names no picture or clip/,
    ],
    [spoilt({ turns: [{ ...second, photos: [], ending: { kind: 'won' } }] }), /ending.kind/],
    [spoilt({ turns: [{ ...first, photos: [], options: { maxTokens: 0, sampling: {} } }] }), /maxTokens/],
  ];
  for (const [text, reason] of bad) {
    await expect(fromJson(text, open), text.slice(0, 40)).rejects.toThrow(reason);
    await expect(fromJson(text, open)).rejects.toMatchObject({ code: 'bad-conversation' });
  }
  await expect(fromJson(spoilt({ version: 2 }), open)).rejects.toMatchObject({ code: 'newer-format' });
});

test('a picture that cannot be opened stops the import, and the failure names it', async () => {
  const refuse = (): Promise<Outcome<OpenedMedia>> =>
    Promise.resolve({ kind: 'failed', failure: { code: 'bad-photo', message: 'damaged' } });
  await expect(fromJson(await toJson(conversation), refuse)).rejects.toMatchObject({
    code: 'bad-photo',
    message: 'a [p1].png: damaged',
  });
});

test('the Markdown export is a zip with the pictures, and folds the thought', async () => {
  const { name, blob } = await toMarkdown(conversation, 'What is this?', 'What-is-this', en);
  expect(name).toBe('What-is-this.zip');
  const files = unzipSync(new Uint8Array(await blob.arrayBuffer()));
  expect(Object.keys(files)).toEqual([
    'What-is-this/conversation.md',
    'What-is-this/pictures/1-a-p1-.png',
    'What-is-this/pictures/2-a-p2-.png',
  ]);
  expect(files['What-is-this/pictures/1-a-p1-.png']).toEqual(BYTES);
  const text = strFromU8(files['What-is-this/conversation.md'] ?? new Uint8Array());
  expect(text).toContain('![a \\[p1\\].png](pictures/1-a-p1-.png)');
  expect(text).toContain('<summary>Thought</summary>\n\nLet me see.\n\n</details>\n\nA **cat**.');
  expect(text).toContain('*There is no answer.*');
});

test('Markdown shows an animated picture and links to a video', async () => {
  const clip = (id: string, type: string): SavedItem => ({
    ...{ ...item(id), name: `${id}.x`, clipSeconds: 2 },
    file: new Blob([BYTES], { type }),
  });
  const turn = { ...first, media: [clip('gif', 'image/gif'), clip('tape', 'video/webm')] };
  const { blob } = await toMarkdown({ id: 'c', turns: [turn] }, 'T', 'T', en);
  const files = unzipSync(new Uint8Array(await blob.arrayBuffer()));
  expect(files['T/pictures/2-tape.webm']).toEqual(BYTES);
  const text = strFromU8(files['T/conversation.md'] ?? new Uint8Array());
  expect(text).toContain('![gif.x](pictures/1-gif.gif)\n\n[tape.x](pictures/2-tape.webm)');
});

test('Markdown without pictures is one file', async () => {
  const plain = { id: 'c', turns: [second] };
  expect((await toMarkdown(plain, 'And now?', 'And-now', en)).name).toBe('And-now.md');
});

/** `waitsMs`: the time that each write takes before its record is stored; 0 if omitted. */
function setUp(notes: Record<string, string | null> = {}, waitsMs: number[] = []) {
  const kept = new Map<string, [Kept, SavedConversation]>();
  const loaded: SavedConversation[] = [];
  const current = { saved: conversation };
  const store = {
    list: () => Promise.resolve(Array.from(kept.values(), ([card]) => card)),
    read: (id: string) => Promise.resolve(kept.get(id)?.[1]),
    keep: async (card: Omit<Kept, 'picture'>, saved: SavedConversation) => {
      await new Promise((resolve) => setTimeout(resolve, waitsMs.shift() ?? 0));
      kept.set(card.id, [{ ...card, picture: null }, saved]);
    },
    texts: () => Promise.resolve(new Map([['c', 'What is this?\nA **cat**.\nAnd now?']])),
    remove: (id: string) => Promise.resolve(void kept.delete(id)),
    clear: () => {
      kept.clear();
      return Promise.resolve();
    },
  };
  const history = new History({
    conversation: { save: () => current.saved, load: (saved) => loaded.push(saved) },
    store,
    openFile: open,
    remembered: { get: (name) => notes[name] ?? null, set: (name, value) => void (notes[name] = value) },
    now: () => 7,
  });
  return { history, kept, loaded, notes, current };
}

test('the history keeps nothing before the user agrees, and then keeps the conversation at once', async () => {
  const { history, kept, notes } = setUp();
  await history.keep();
  expect(kept.size).toBe(0);
  await history.turn(true);
  expect(history.list).toEqual([{ id: 'c', title: 'What is this?', at: 7, turns: 2, picture: null }]);
  expect(setUp(notes).history.isOn).toBe(true);
});

test('a kept conversation can be reopened, and deleted for good', async () => {
  const { history, kept, loaded } = setUp();
  await history.turn(true);
  await history.reopen('c');
  expect(loaded).toEqual([conversation]);
  await history.removeAll();
  expect([kept.size, history.list.length]).toEqual([0, 0]);
});

test('the latest state stays, however long an earlier write takes', async () => {
  const { history, kept, current } = setUp({ history: 'on' }, [30, 0]);
  const earlier = history.keep();
  current.saved = { ...conversation, turns: [first] };
  await Promise.all([earlier, history.keep()]);
  expect(kept.get('c')?.[1].turns).toHaveLength(1);
});

test('a conversation that is deleted during a write stays deleted', async () => {
  const { history, kept } = setUp({ history: 'on' }, [30, 30]);
  await Promise.all([history.keep(), history.removeAll()]);
  expect([kept.size, history.list.length]).toEqual([0, 0]);
  await Promise.all([history.keep(), history.remove('c')]);
  expect(kept.size).toBe(0);
});

test('a media item of one file never replaces that of another file', async () => {
  const text = await toJson(conversation);
  const [one, other] = [await fromJson(text, open), await fromJson(text, open)];
  expect(one.turns[0]?.media[0]?.id).not.toBe(other.turns[0]?.media[0]?.id);
});

test('the page offers the history until the user has decided', async () => {
  const { history, notes } = setUp();
  expect(history.canOffer).toBe(true);
  history.declineOffer();
  expect([history.canOffer, setUp(notes).history.canOffer]).toEqual([false, false]);
  const taken = setUp();
  await taken.history.turn(true);
  await taken.history.turn(false);
  expect([taken.history.canOffer, setUp(taken.notes).history.canOffer]).toEqual([false, false]);
});

test('a search finds words of questions and answers, whatever their case', async () => {
  const { history } = setUp();
  history.show();
  await history.turn(true);
  for (const [query, found] of [
    ['', 1],
    ['CAT', 1],
    ['ｃａｔ now', 1],
    ['cat dog', 0],
  ] as const) {
    history.search(query);
    expect(history.found.length, query).toBe(found);
  }
});

test('the history reports a wrong file, which changes nothing', async () => {
  const { history, loaded } = setUp();
  await history.importFile(new Blob(['{}']));
  expect(history.failure?.code).toBe('bad-conversation');
  expect(loaded).toEqual([]);
  const file = await history.export('json', en);
  expect(file?.name).toBe('What-is-this.json');
  await history.importFile(file?.blob ?? new Blob());
  expect(history.failure).toBeUndefined();
  expect(loaded[0]?.turns).toHaveLength(2);
});
