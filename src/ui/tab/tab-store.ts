// What open tabs hold, in a database of its own: for each tab its conversation, its draft and their pictures. A
// picture is written once; text is written often.

import { clear, delMany, get, getMany, keys, setMany, type UseStore } from 'idb-keyval';
import { Field } from '../../format/json-field.ts';
import { packBlobs, takesBlobs, unpackBlobs } from '../../storage/blobs.ts';
import { openStore } from '../../storage/open-store.ts';
import type { SavedConversation } from '../conversation/conversation.svelte.ts';
import type { SavedTurn } from '../conversation/turn.svelte.ts';
import { parseTurn } from '../history/parse-turn.ts';
import { titleOf } from '../history/title.ts';
import type { SavedPhoto } from '../photos/photo-shelf.ts';
import { parsePhoto } from '../photos/parse-photo.ts';

export interface TabState {
  conversation: SavedConversation;
  words: string;
  /** The pictures of the next question. */
  tray: readonly SavedPhoto[];
  /** When the words were stored, in milliseconds since 1970. */
  at: number;
  /** Which page of the tab stored this: each reload is another. */
  page: string;
}

/** What can be told of a tab without reading its pictures. */
export interface TabGlance {
  tab: string;
  /** '' if nothing was asked or typed. */
  title: string;
  at: number;
  /** The page that wrote last. */
  page: string;
}

type Kind = 'draft' | 'talk' | 'photo';
type Key = [kind: Kind, tab: string, ...photo: string[]];

export const TAB_DATABASE = 'darkroom-tabs';

/** Each call rejects with the browser's own error. */
export class TabStore {
  readonly #use: UseStore;
  #takesBlobs: Promise<boolean> | undefined;

  constructor(name = TAB_DATABASE) {
    this.#use = openStore(name, 'tabs');
  }

  /** The ids of all tabs of which something is stored. */
  async tabs(): Promise<string[]> {
    return Array.from(new Set((await this.#keys()).map(([, tab]) => tab)));
  }

  /** Undefined if there is nothing but pictures, or what is there does not parse. */
  async glance(tab: string): Promise<TabGlance | undefined> {
    try {
      const { conversation, words, tray, at, page } = await this.#text(tab, new Map());
      return { tab, title: titleOf({ ...conversation, words, tray }), at, page };
    } catch {
      return undefined;
    }
  }

  /** Undefined if nothing is stored of the tab. Fails with 'storage-failed' if it does not parse. */
  async read(tab: string): Promise<TabState | undefined> {
    const all = (await this.#keys()).filter(([, owner]) => owner === tab);
    if (all.length === 0) return undefined;
    const names = all.filter(([kind]) => kind === 'photo');
    const photos = (await getMany<unknown>(names, this.#use)).map((value) =>
      parsePhoto(new Field(unpackBlobs(value), 'tab: ', 'storage-failed')),
    );
    return this.#text(tab, new Map(photos.map((photo) => [photo.id, photo])));
  }

  /** Replaces the text of the tab and adds pictures to those that are stored, all or nothing. */
  async write(tab: string, state: TabState, added: readonly SavedPhoto[]): Promise<void> {
    const idsOf = (photos: readonly SavedPhoto[]): string[] => photos.map(({ id }) => id);
    const { conversation, words, tray, at, page } = state;
    const turns = conversation.turns.map((turn) => ({ ...turn, photos: idsOf(turn.photos) }));
    const text: [Key, unknown][] = [
      [['draft', tab], { words, tray: idsOf(tray), at, page }],
      [['talk', tab], { id: conversation.id, turns }],
    ];
    const takes = await (this.#takesBlobs ??= takesBlobs(this.#use));
    const photos = added.map(async (photo): Promise<[Key, unknown]> => [
      ['photo', tab, photo.id],
      takes ? photo : await packBlobs(photo),
    ]);
    await setMany([...text, ...(await Promise.all(photos))], this.#use);
  }

  /** The ids of the pictures that are stored of the tab. */
  async photos(tab: string): Promise<Set<string>> {
    const ids = (await this.#keys()).map(([kind, owner, id]) =>
      kind === 'photo' && owner === tab ? id : undefined,
    );
    return new Set(ids.filter((id) => id !== undefined));
  }

  async dropPhotos(tab: string, ids: readonly string[]): Promise<void> {
    await delMany(
      ids.map((id): Key => ['photo', tab, id]),
      this.#use,
    );
  }

  async erase(tab: string): Promise<void> {
    await delMany(
      (await this.#keys()).filter(([, owner]) => owner === tab),
      this.#use,
    );
  }

  async clear(): Promise<void> {
    await clear(this.#use);
  }

  async #keys(): Promise<Key[]> {
    // The trial of what this browser takes may leave a key of its own.
    return (await keys<Key | string>(this.#use)).filter((key) => typeof key !== 'string');
  }

  /** The text with those of its pictures that `photos` has, by their ids. */
  async #text(tab: string, photos: ReadonlyMap<string, SavedPhoto>): Promise<TabState> {
    const [draft, talk] = await Promise.all(
      (['draft', 'talk'] as const).map(
        async (kind) => new Field(await get<unknown>([kind, tab], this.#use), 'tab: ', 'storage-failed'),
      ),
    );
    if (draft === undefined || talk === undefined) throw new Error('Two records were asked for.');
    return {
      conversation: {
        id: talk.at('id').string(),
        turns: talk.at('turns').list((turn) => parse(turn, photos)),
      },
      words: draft.at('words').string(),
      tray: draft
        .at('tray')
        .list((id) => photos.get(id.string()))
        .filter((photo) => photo !== undefined),
      at: draft.at('at').number(),
      page: draft.optional('page')?.string() ?? '',
    };
  }
}

/** A picture that could not be stored is missing from its turn, and the words are there. */
function parse(field: Field, photos: ReadonlyMap<string, SavedPhoto>): SavedTurn {
  return parseTurn(field, photos, 'drop');
}
