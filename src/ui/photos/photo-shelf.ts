// Makes photos and clips of files and owns their object URLs.

import type { PhotoClient } from '../../client/photo-client.ts';
import type { Box } from '../../contract/photos.ts';
import type { Outcome } from '../../failure.ts';
import type { Part, Photo } from './photo.ts';

/** What is kept of a photo beyond the page. */
export type SavedPhoto = Omit<Photo, 'url' | 'previewUrl'>;

export class PhotoShelf {
  readonly #client: Pick<PhotoClient, 'open' | 'crop'>;
  readonly #photos = new Map<string, Photo>();

  constructor(client: Pick<PhotoClient, 'open' | 'crop'>) {
    this.#client = client;
  }

  /**
   * Fails as PhotoApi.open does, or with 'worker-died' where a picture was too much for it.
   */
  async open(
    file: Blob,
    name: string,
    signal: AbortSignal,
    part: Part | null = null,
  ): Promise<Outcome<Photo>> {
    const opened = await this.#client.open(file, signal);
    if (opened.kind !== 'done') return opened;
    return { kind: 'done', value: this.#add({ id: crypto.randomUUID(), name, part, ...opened.value }) };
  }

  /** The part as a photo of its own. Fails as `open` does. */
  async crop(photo: Photo, box: Box, name: string, signal: AbortSignal): Promise<Outcome<Photo>> {
    const cut = await this.#client.crop(photo.file, box, signal);
    return cut.kind === 'done' ? this.open(cut.value, name, signal, { of: photo.id, box }) : cut;
  }

  /** A photo that was kept; the same one where it is still here. */
  restore(saved: SavedPhoto): Photo {
    return this.#photos.get(saved.id) ?? this.#add(saved);
  }

  /** Releases every photo but these. */
  keepOnly(photos: Iterable<Photo>): void {
    const kept = new Set(photos);
    for (const photo of this.#photos.values()) {
      if (kept.has(photo)) continue;
      URL.revokeObjectURL(photo.url);
      URL.revokeObjectURL(photo.previewUrl);
      this.#photos.delete(photo.id);
    }
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
