// Stores the contents of open tabs in a separate database: for each tab its conversation, its draft and their pictures.
// A picture is written once, text often. All records are encrypted, with a separate key for each tab.

import { Field } from '../../format/json-field.ts';
import { openStore } from '../../storage/open-store.ts';
import { SealedStore } from '../../storage/sealed-store.ts';
import type { SavedConversation } from '../conversation/conversation.svelte.ts';
import type { SavedTurn } from '../conversation/turn.svelte.ts';
import { parseTurn, writeTurn } from '../history/turn-record.ts';
import { titleOf } from '../history/title.ts';
import type { SavedItem } from '../media/open-media.ts';
import { parseItem } from '../media/parse-item.ts';

export interface TabState {
  conversation: SavedConversation;
  words: string;
  /** The pictures of the next question. */
  attachments: readonly SavedItem[];
  /** The time at which this state was stored, in milliseconds since 1970. */
  at: number;
  /** The id of the page that stored this state; each reload makes a new page. */
  page: string;
}

/** The facts about a tab that can be read without its pictures. */
export interface TabGlance {
  tab: string;
  /** The title of the conversation; '' if nothing was asked or typed. */
  title: string;
  at: number;
  /** The id of the page that last wrote this tab's state. */
  page: string;
}

/** 'photo': a picture or a clip. The name is older than the clips, and stored records have it. */
type Kind = 'draft' | 'talk' | 'photo';
type Name = [kind: Kind, tab: string, ...item: string[]];

export const TAB_DATABASE = 'darkroom-tabs';
export const TAB_STORE = 'tabs';

/** Each call rejects with the browser's own error. */
export class TabStore {
  readonly #sealed: SealedStore<Name>;

  constructor(name = TAB_DATABASE) {
    const isName = (each: IDBValidKey): each is Name =>
      Array.isArray(each) && typeof each[0] === 'string' && ['draft', 'talk', 'photo'].includes(each[0]);
    this.#sealed = new SealedStore(openStore(name, TAB_STORE), ([, tab]) => ['key', tab], isName);
  }

  /** The ids of all tabs that have a record. */
  async tabs(): Promise<string[]> {
    return Array.from(new Set((await this.#sealed.names()).map(([, tab]) => tab)));
  }

  /** Returns undefined if the tab has no readable text records. */
  async glance(tab: string): Promise<TabGlance | undefined> {
    try {
      const { conversation, words, attachments, at, page } = await this.#text(tab, new Map());
      return { tab, title: titleOf({ ...conversation, words, attachments }), at, page };
    } catch {
      return undefined;
    }
  }

  /** Returns undefined if the tab has no records. Fails with 'storage-failed' if they do not parse. */
  async read(tab: string): Promise<TabState | undefined> {
    const all = await this.#names(tab);
    if (all.length === 0) return undefined;
    const names = all.filter(([kind]) => kind === 'photo');
    const media = await Promise.all(
      names.map(async (name) =>
        parseItem(new Field(await this.#sealed.get(name), 'tab: ', 'storage-failed')),
      ),
    );
    return this.#text(tab, new Map(media.map((item) => [item.id, item])));
  }

  /** Replaces the text of the tab and adds pictures to the stored ones, all in one transaction. */
  async write(tab: string, state: TabState, added: readonly SavedItem[]): Promise<void> {
    const { conversation, words, attachments, at, page } = state;
    const turns = conversation.turns.map(writeTurn);
    const media = added.map((item): [Name, unknown] => [['photo', tab, item.id], item]);
    await this.#sealed.put([
      // The key is `tray`, because an earlier version stored the attachments of tabs under that name.
      [['draft', tab], { words, tray: attachments.map(({ id }) => id), at, page }],
      [['talk', tab], { id: conversation.id, turns }],
      ...media,
    ]);
  }

  /** The ids of the tab's stored pictures. */
  async media(tab: string): Promise<Set<string>> {
    const ids = (await this.#names(tab)).map(([kind, , id]) => (kind === 'photo' ? id : undefined));
    return new Set(ids.filter((id) => id !== undefined));
  }

  async dropMedia(tab: string, ids: readonly string[]): Promise<void> {
    await this.#sealed.remove(ids.map((id): Name => ['photo', tab, id]));
  }

  /** Erases a tab. Removes its key first, because the other records cannot be read without it. */
  async erase(tab: string): Promise<void> {
    await this.#sealed.removeKey(['key', tab]);
    await this.#sealed.remove(await this.#names(tab));
  }

  async clear(): Promise<void> {
    await this.#sealed.clear();
  }

  async #names(tab: string): Promise<Name[]> {
    return (await this.#sealed.names()).filter(([, owner]) => owner === tab);
  }

  /** Reads the text, and adds those of its pictures that `media` contains (by their ids). */
  async #text(tab: string, media: ReadonlyMap<string, SavedItem>): Promise<TabState> {
    const [draft, talk] = await Promise.all(
      (['draft', 'talk'] as const).map(
        async (kind) => new Field(await this.#sealed.get([kind, tab]), 'tab: ', 'storage-failed'),
      ),
    );
    if (draft === undefined || talk === undefined) throw new Error('Two records were asked for.');
    return {
      conversation: {
        id: talk.at('id').string(),
        turns: talk.at('turns').list((turn) => parse(turn, media)),
      },
      words: draft.at('words').string(),
      attachments: draft
        .at('tray')
        .list((id) => media.get(id.string()))
        .filter((item) => item !== undefined),
      at: draft.at('at').number(),
      page: draft.optional('page')?.string() ?? '',
    };
  }
}

/** Parses a turn. A picture that could not be stored is left out of its turn; the words remain. */
function parse(field: Field, media: ReadonlyMap<string, SavedItem>): SavedTurn {
  return parseTurn(field, media, 'drop');
}
