// Tests the data in the browser's storage: conversations are sealed with a key that cannot be exported, and damaged
// databases are repaired.

import { expect, test, type Page } from '@playwright/test';
import { openSaved } from './imported.ts';
import { addPictures, answered, answers, arrive, ask, beginAnew, question, tabRecords } from './person.ts';

const SECRET = 'a purple elephant';
const HISTORY = ['darkroom-history', 'conversations'] as const;
const TABS = ['darkroom-tabs', 'tabs'] as const;
type Place = typeof HISTORY | typeof TABS;

interface Stored {
  names: string[];
  /** All values as text, in the form in which a disk would hold them. */
  text: string;
  unsealed: string[];
  key: string;
}

/** Reads a database's contents without the page's own code. */
function stored(page: Page, place: Place = HISTORY): Promise<Stored> {
  return page.evaluate(async ([name, store]) => {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(request.error?.message));
      });
    const database = await done(indexedDB.open(name));
    // If the browser is just deleting a database, opening it may create an empty one.
    const isEmpty = !database.objectStoreNames.contains(store);
    const all = isEmpty ? undefined : database.transaction(store).objectStore(store);
    const [keys, values] = all
      ? await Promise.all([done(all.getAllKeys()), done<unknown[]>(all.getAll())])
      : [[], []];
    database.close();
    let text = '';
    let key = 'none';
    const unsealed: string[] = [];
    for (const [index, value] of values.entries()) {
      if (value instanceof CryptoKey) {
        key = await crypto.subtle.exportKey('raw', value).then(
          () => 'exported',
          () => 'kept',
        );
        continue;
      }
      const record = value as { sealed?: number; data?: ArrayBuffer };
      if (record.sealed !== 1) unsealed.push(JSON.stringify(keys[index]));
      text +=
        record.data instanceof ArrayBuffer
          ? new TextDecoder('latin1').decode(record.data)
          : JSON.stringify(value);
    }
    return { names: keys.map((name) => JSON.stringify(name)), text, unsealed, key };
  }, place);
}

/** Puts records into a database, as another page could. */
function put(page: Page, records: [string | string[], unknown][], place: Place = HISTORY): Promise<void> {
  return page.evaluate(
    ([name, store, entries]) =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => {
          const change = request.result.transaction(store, 'readwrite');
          for (const [key, value] of entries) change.objectStore(store).put(value, key);
          change.oncomplete = () => {
            request.result.close();
            resolve();
          };
          change.onabort = () => reject(new Error('aborted'));
        };
      }),
    [...place, records] as const,
  );
}

async function arriveKeeping(page: Page): Promise<void> {
  await page.addInitScript(() => {
    localStorage.setItem('darkroom.history', 'on');
  });
  await arrive(page, { model: 'demo', backend: 'wasm' });
}

const conversations = (page: Page) => page.getByRole('dialog', { name: 'Conversations' });

test('the page seals kept conversations, reads them after a reload, and deletes their key first', async ({
  page,
}) => {
  await arriveKeeping(page);
  await openSaved(page, { answer: `It is ${SECRET}.`, pictures: ['alpha.png'] });
  await expect.poll(async () => (await stored(page)).names.length).toBeGreaterThanOrEqual(4);
  const kept = await stored(page);
  expect(kept.unsealed).toEqual([]);
  expect(kept.key).toBe('kept');
  for (const words of [SECRET, 'What is there', 'alpha.png', 'PNG']) expect(kept.text).not.toContain(words);

  await page.reload();
  await page.getByRole('button', { name: 'Conversations' }).click();
  await conversations(page).getByRole('searchbox').fill('purple elephant');
  await conversations(page)
    .getByRole('button', { name: /^Open “/ })
    .first()
    .click();
  await expect(page.getByText(`It is ${SECRET}.`).first()).toBeVisible();

  await page.getByRole('button', { name: 'Conversations' }).click();
  await conversations(page).getByRole('button', { name: 'Delete all', exact: false }).click();
  await conversations(page).getByRole('button', { name: 'Delete', exact: true }).click();
  await expect.poll(async () => (await stored(page)).names).toEqual([]);
});

test('the page seals the records of an older version, and one bad record hides no other', async ({
  page,
}) => {
  await arriveKeeping(page);
  await openSaved(page, { answer: 'The first.' });
  await expect.poll(async () => (await stored(page)).names.length).toBeGreaterThanOrEqual(4);
  const turn = {
    id: 't',
    question: 'An old question?',
    photos: [],
    answer: `It was ${SECRET}.`,
    ending: { kind: 'stopped' },
  };
  await put(page, [
    ['card:old', { id: 'old', title: 'An old question?', at: 5, turns: 1, picture: null }],
    ['body:old', { photos: [], turns: [turn] }],
    ['text:old', SECRET],
    ['card:bad', { nonsense: true }],
    ['card:worse', 7],
  ]);
  await page.reload();
  await page.getByRole('button', { name: 'Conversations' }).click();
  await expect(conversations(page).getByText('A conversation that cannot be read')).toHaveCount(2);
  const { unsealed, text } = await stored(page);
  expect(unsealed).toEqual([]);
  expect(text).not.toContain(SECRET);
  const remove = conversations(page).getByRole('button', { name: /A conversation that cannot be read/ });
  await remove.first().click();
  await conversations(page).getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(remove).toHaveCount(1);
  await conversations(page).getByRole('button', { name: 'Open “An old question?”' }).click();
  await expect(page.getByText(`It was ${SECRET}.`).first()).toBeVisible();
});

test('the page seals the contents of open tabs too, even of an older version, and deletes a tab’s key with them', async ({
  page,
}) => {
  await arrive(page, { model: 'demo', backend: 'wasm' });
  await addPictures(page, 'alpha.png');
  await question(page).fill(SECRET);
  await expect.poll(() => tabRecords(page)).toBe(3);
  await expect.poll(async () => (await stored(page, TABS)).key).toBe('kept');
  const { text, unsealed } = await stored(page, TABS);
  expect(unsealed).toEqual([]);
  for (const words of [SECRET, 'alpha.png', 'PNG']) expect(text).not.toContain(words);
  // The words must not stay in the tab's sessionStorage either, because nothing is sealed there.
  await expect
    .poll(() => page.evaluate(() => JSON.stringify(Object.entries(sessionStorage))))
    .not.toContain(SECRET);

  // Write a record in the form in which an older version of the page would have left it.
  const tab = await page.evaluate(() => sessionStorage.getItem('darkroom-tab') ?? '');
  await page.goto('/models/index.json');
  const turn = {
    id: 't',
    question: 'Before?',
    photos: [],
    answer: `It was ${SECRET}.`,
    ending: { kind: 'stopped' },
  };
  await put(
    page,
    [
      [['talk', tab], { id: 'c', turns: [turn] }],
      [['draft', tab], { words: SECRET, tray: [], at: Date.now(), page: '' }],
    ],
    TABS,
  );
  await page.goto('/');
  await expect(answers(page).last()).toContainText(SECRET);
  await expect(question(page)).toHaveValue(SECRET);
  await expect.poll(async () => (await stored(page, TABS)).unsealed).toEqual([]);
  expect((await stored(page, TABS)).text).not.toContain(SECRET);

  await beginAnew(page);
  await expect.poll(async () => (await stored(page, TABS)).names).toEqual([]);
});

/** Types a question with a picture without asking it. Returns the names of the records in the tabs' database. */
async function draft(page: Page): Promise<string[]> {
  await arrive(page, { model: 'demo', backend: 'wasm' });
  await addPictures(page, 'alpha.png');
  await question(page).fill(SECRET);
  await expect.poll(() => tabRecords(page)).toBe(3);
  const { names } = await stored(page, TABS);
  expect(names.filter((name) => name.startsWith('["key"'))).toHaveLength(1);
  return names;
}

/** The names of all records in the tabs' database; an empty list if the database does not exist. */
async function tabNames(page: Page): Promise<string[]> {
  const there = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  return there.includes(TABS[0]) ? (await stored(page, TABS)).names : [];
}

async function eraseAll(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Privacy' }).click();
  await page.getByRole('button', { name: 'Erase all of it' }).click();
  await page.getByRole('button', { name: 'Erase now' }).click();
}

test('erasing everything leaves neither the key of a tab nor its sealed records', async ({ page }) => {
  const before = await draft(page);
  await eraseAll(page);
  await expect(page.getByText('Everything that was kept here is erased.')).toBeVisible();
  await expect(question(page)).toHaveValue('');
  const after = await tabNames(page);
  expect(after.filter((name) => before.includes(name))).toEqual([]);
});

test('erasing deletes the key of a tab even while another page keeps the database from being deleted', async ({
  page,
  context,
}) => {
  await draft(page);
  // A document of this origin that opens no database by itself.
  const other = await context.newPage();
  await other.goto('/models/index.json');
  const held = await other.evaluateHandle(
    ([name]) =>
      new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(request.error?.message));
      }),
    TABS,
  );
  await eraseAll(page);
  const keys = () =>
    held.evaluate(
      (database, [, store]) =>
        new Promise<IDBValidKey[]>((resolve, reject) => {
          const names = database.transaction(store).objectStore(store).getAllKeys();
          names.onsuccess = () =>
            resolve(names.result.filter((name) => Array.isArray(name) && name[0] === 'key'));
          names.onerror = () => reject(new Error(names.error?.message));
        }),
      TABS,
    );
  await expect.poll(keys).toEqual([]);
  // The browser deletes the rest as soon as no page has the database open.
  await other.close();
  await expect.poll(() => tabNames(page)).toEqual([]);
});

test('the page mends databases without their stores', async ({ page }) => {
  // A document of this origin that opens no database.
  await page.goto('/models/index.json');
  await page.evaluate(async () => {
    for (const name of ['darkroom-history', 'darkroom-weights', 'darkroom-tabs']) {
      await new Promise<void>((resolve) => {
        const request = indexedDB.open(name, 1);
        request.onsuccess = () => {
          request.result.close();
          resolve();
        };
      });
    }
  });
  await arriveKeeping(page);
  await ask(page, 'Hello?');
  await answered(page, 1);
  await expect.poll(async () => (await stored(page)).names.length).toBeGreaterThanOrEqual(4);
});
