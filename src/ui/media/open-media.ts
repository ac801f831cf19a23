// Opens files as pictures and clips, and owns their object URLs.

import type { MediaClient } from '../../client/media-client.ts';
import type { Box } from '../../contract/box.ts';
import type { OpenedMedia } from '../../contract/media.ts';
import { outcome, type Outcome } from '../../failure.ts';
import { visibleText } from '../../format/visible-text.ts';
import { ownBytes } from './own-bytes.ts';
import type { Part, MediaItem } from './media-item.ts';

/** The part of an item that is stored and outlives the page. */
export type SavedItem = Omit<MediaItem, 'url' | 'previewUrl'>;

/** Files larger than this are opened once before their bytes are copied. */
const LARGE_BYTES = 50e6;

export class OpenMedia {
  readonly #client: Pick<MediaClient, 'open' | 'crop'>;
  readonly #media = new Map<string, MediaItem>();

  constructor(client: Pick<MediaClient, 'open' | 'crop'>) {
    this.#client = client;
  }

  /**
   * Opens a copy of the file's bytes, so that later changes to the file on the disk have no effect. Fails with
   * 'unreadable-file', with the failures of `MediaApi.open`, or with 'worker-died' if the picture was too large for the
   * worker.
   */
  async open(
    file: Blob,
    name: string,
    signal: AbortSignal,
    part: Part | null = null,
  ): Promise<Outcome<MediaItem>> {
    const opened = await (file.size > LARGE_BYTES ? this.#openLarge(file, signal) : this.#open(file, signal));
    if (opened.kind !== 'done') return opened;
    return {
      kind: 'done',
      value: this.#add({ id: crypto.randomUUID(), name: visibleText(name), part, ...opened.value }),
    };
  }

  /** Cuts a part out of an item, and opens the part as a separate item. Fails with the failures of `open`. */
  async crop(item: MediaItem, box: Box, name: string, signal: AbortSignal): Promise<Outcome<MediaItem>> {
    const cut = await this.#client.crop(item.file, box, signal);
    return cut.kind === 'done' ? this.open(cut.value, name, signal, { of: item.id, box }) : cut;
  }

  /** Returns the item for a stored item: the open item with that id, or a new one. */
  restore(saved: SavedItem): MediaItem {
    return this.#media.get(saved.id) ?? this.#add(saved);
  }

  /** The open item with this id; undefined if there is none. */
  find(id: string): MediaItem | undefined {
    return this.#media.get(id);
  }

  /** Releases these media. */
  release(media: Iterable<MediaItem>): void {
    const gone = new Set(media);
    this.keepOnly([...this.#media.values()].filter((item) => !gone.has(item)));
  }

  /** Releases every item except these. */
  keepOnly(media: Iterable<MediaItem>): void {
    const kept = new Set(media);
    for (const item of this.#media.values()) {
      if (kept.has(item)) continue;
      URL.revokeObjectURL(item.url);
      URL.revokeObjectURL(item.previewUrl);
      this.#media.delete(item.id);
    }
  }

  async #open(file: Blob, signal: AbortSignal): Promise<Outcome<OpenedMedia>> {
    const own = await outcome(() => ownBytes(file, signal));
    return own.kind === 'done' ? this.#client.open(own.value, signal) : own;
  }

  /** Opens the file before copying it, so that a film of gigabytes is refused without being copied. */
  async #openLarge(file: Blob, signal: AbortSignal): Promise<Outcome<OpenedMedia>> {
    const opened = await this.#client.open(file, signal);
    return opened.kind === 'done' ? this.#open(opened.value.file, signal) : opened;
  }

  #add(saved: SavedItem): MediaItem {
    const item = {
      ...saved,
      url: URL.createObjectURL(saved.file),
      previewUrl: URL.createObjectURL(saved.preview),
    };
    this.#media.set(item.id, item);
    return item;
  }
}

export function savedItem({
  id,
  name,
  file,
  width,
  height,
  preview,
  clipSeconds,
  part,
}: MediaItem): SavedItem {
  return { id, name, file, width, height, preview, clipSeconds, part };
}
