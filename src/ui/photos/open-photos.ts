// Opens files as photos and clips, and owns their object URLs.

import type { MediaClient } from '../../client/media-client.ts';
import type { Box } from '../../contract/box.ts';
import type { OpenedMedia } from '../../contract/media.ts';
import { outcome, type Outcome } from '../../failure.ts';
import { visibleText } from '../../format/visible-text.ts';
import { ownBytes } from './own-bytes.ts';
import type { Part, Photo } from './photo.ts';

/** The part of a photo that is stored and outlives the page. */
export type SavedPhoto = Omit<Photo, 'url' | 'previewUrl'>;

/** Files larger than this are opened once before their bytes are copied. */
const LARGE_BYTES = 50e6;

export class OpenPhotos {
  readonly #client: Pick<MediaClient, 'open' | 'crop'>;
  readonly #photos = new Map<string, Photo>();

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
  ): Promise<Outcome<Photo>> {
    const opened = await (file.size > LARGE_BYTES ? this.#openLarge(file, signal) : this.#open(file, signal));
    if (opened.kind !== 'done') return opened;
    return {
      kind: 'done',
      value: this.#add({ id: crypto.randomUUID(), name: visibleText(name), part, ...opened.value }),
    };
  }

  /** Cuts a part out of a photo, and opens the part as a separate photo. Fails with the failures of `open`. */
  async crop(photo: Photo, box: Box, name: string, signal: AbortSignal): Promise<Outcome<Photo>> {
    const cut = await this.#client.crop(photo.file, box, signal);
    return cut.kind === 'done' ? this.open(cut.value, name, signal, { of: photo.id, box }) : cut;
  }

  /** Returns the photo for a stored one: the open photo with that id, or a new one. */
  restore(saved: SavedPhoto): Photo {
    return this.#photos.get(saved.id) ?? this.#add(saved);
  }

  /** The open photo with this id; undefined if there is none. */
  find(id: string): Photo | undefined {
    return this.#photos.get(id);
  }

  /** Releases these photos. */
  release(photos: Iterable<Photo>): void {
    const gone = new Set(photos);
    this.keepOnly([...this.#photos.values()].filter((photo) => !gone.has(photo)));
  }

  /** Releases every photo except these. */
  keepOnly(photos: Iterable<Photo>): void {
    const kept = new Set(photos);
    for (const photo of this.#photos.values()) {
      if (kept.has(photo)) continue;
      URL.revokeObjectURL(photo.url);
      URL.revokeObjectURL(photo.previewUrl);
      this.#photos.delete(photo.id);
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

  #add(saved: SavedPhoto): Photo {
    const photo = {
      ...saved,
      url: URL.createObjectURL(saved.file),
      previewUrl: URL.createObjectURL(saved.preview),
    };
    this.#photos.set(photo.id, photo);
    return photo;
  }
}

export function savedPhoto({ id, name, file, width, height, preview, clipSeconds, part }: Photo): SavedPhoto {
  return { id, name, file, width, height, preview, clipSeconds, part };
}
