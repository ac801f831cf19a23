import { expect, test } from 'vitest';
import { StoredLoadNotes } from './load-notes.ts';

/** The state that the tabs of one browser share: storage, and the locks of the open tabs. */
class Browser {
  readonly storage = new Map<string, string>();
  readonly held = new Set<string>();

  /** Opens a tab. `leave` closes it normally, with an event; `die` ends it without one. */
  open() {
    let hear = (): void => undefined;
    let lock = '';
    const { storage, held } = this;
    const notes = new StoredLoadNotes({
      storage: () => ({
        length: storage.size,
        key: (index) => Array.from(storage.keys())[index] ?? null,
        getItem: (key) => storage.get(key) ?? null,
        setItem: (key, value) => void storage.set(key, value),
        removeItem: (key) => void storage.delete(key),
      }),
      locks: {
        request: (name: string) => {
          lock = name;
          held.add(name);
          return new Promise(() => undefined);
        },
        query: () => Promise.resolve({ held: Array.from(held, (name) => ({ name })) }),
      },
      onLeave: (callback) => (hear = callback),
    });
    const die = (): void => void held.delete(lock);
    const leave = (): void => {
      hear();
      die();
    };
    return { notes, die, leave };
  }
}

test('the notes report once that a page died while a model was at work', async () => {
  const browser = new Browser();
  const first = browser.open();
  first.notes.begin('large');
  first.die();
  expect(await browser.open().notes.deaths()).toEqual(['large']);
  expect(await browser.open().notes.deaths()).toEqual([]);
});

test('a load that ended, a page that was left, and a page that still lives are no deaths', async () => {
  const browser = new Browser();
  const ended = browser.open();
  ended.notes.begin('large')();
  ended.die();
  const left = browser.open();
  left.notes.begin('large');
  left.leave();
  browser.open().notes.begin('large');
  expect(await browser.open().notes.deaths()).toEqual([]);
});

test('the notes record nothing if storage is blocked, and nothing fails', async () => {
  const blocked = new StoredLoadNotes({
    storage: () => {
      throw new DOMException('blocked', 'SecurityError');
    },
    locks: undefined,
    onLeave: () => undefined,
  });
  blocked.begin('large')();
  expect(await blocked.deaths()).toEqual([]);
});
