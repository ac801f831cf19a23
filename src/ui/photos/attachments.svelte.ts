// The attachments of the next question: photos and clips that the user can add, reorder and remove. Also lists the files
// that could not be read.

import type { Box } from '../../contract/box.ts';
import type { FailureInfo } from '../../failure.ts';
import type { Photo } from './photo.ts';
import type { OpenPhotos } from './open-photos.ts';

interface Refused {
  name: string;
  failure: FailureInfo;
}

/** The files that were not added, from one group that the user added together. */
export interface RefusedFiles {
  id: number;
  /** The number of files that the user added. */
  of: number;
  files: readonly Refused[];
}

export class Attachments {
  readonly #openPhotos: Pick<OpenPhotos, 'open' | 'crop' | 'find'>;
  #photos = $state.raw<readonly Photo[]>([]);
  /** Settles when the last of the files has been added or refused. */
  #latest: Promise<unknown> = Promise.resolve();
  #refused = $state.raw<readonly RefusedFiles[]>([]);
  #opening = $state(0);
  #ids = 0;

  constructor(openPhotos: Pick<OpenPhotos, 'open' | 'crop' | 'find'>) {
    this.#openPhotos = openPhotos;
  }

  get photos(): readonly Photo[] {
    return this.#photos;
  }

  get refused(): readonly RefusedFiles[] {
    return this.#refused;
  }

  /** The number of files that are being read. */
  get opening(): number {
    return this.#opening;
  }

  /** Adds files in their order. Files that cannot be read as pictures or clips are listed together in `refused`. */
  async add(files: Iterable<File>): Promise<void> {
    const all = Array.from(files);
    await this.#putAll(
      all.map((file) => this.#put(file.name, (signal) => this.#openPhotos.open(file, file.name, signal))),
    );
  }

  async addBlob(file: Blob, name: string): Promise<void> {
    await this.#putAll([this.#put(name, (signal) => this.#openPhotos.open(file, name, signal))]);
  }

  /**
   * Adds a part of a photo. If the whole photo is attached, the part replaces it, so that the model gets only the part.
   * Returns whether the part could be cut out; if not, the part is listed in `refused`.
   */
  async takePart(photo: Photo, box: Box, name: string): Promise<boolean> {
    const refusals = this.#refused.length;
    const before = this.#photos;
    await this.#putAll([this.#put(name, (signal) => this.#openPhotos.crop(photo, box, name, signal))]);
    const part = this.#photos.findLast((one) => one.part?.of === photo.id && !before.includes(one));
    if (part === undefined || this.#refused.length > refusals) return false;
    const others = this.#photos.filter((one) => one !== part);
    if (others.includes(photo)) this.#photos = others.map((one) => (one === photo ? part : one));
    return true;
  }

  /**
   * The photo from which a part was cut; null if the photo is not a part, or if the whole photo is no longer on this
   * page.
   */
  wholeOf({ part }: Photo): Photo | null {
    return (part && this.#openPhotos.find(part.of)) ?? null;
  }

  /** Adds the whole photo before its part, so that the model gets both. */
  addWhole(part: Photo): void {
    const whole = this.wholeOf(part);
    if (whole === null || this.#photos.includes(whole)) return;
    this.#photos = this.#photos.flatMap((one) => (one === part ? [whole, part] : [one]));
  }

  /** Replaces a part with the whole photo. */
  undoPart(part: Photo): void {
    this.addWhole(part);
    this.#photos = this.#photos.filter((one) => one !== part);
  }

  /** Appends photos that are already open, such as restored ones. A photo that is in the list moves to its end. */
  put(photos: readonly Photo[]): void {
    this.#photos = [...this.#photos.filter((photo) => !photos.includes(photo)), ...photos];
  }

  remove(photo: Photo): void {
    this.#photos = this.#photos.filter((one) => one !== photo);
  }

  /** Moves a photo by `by` places, at most to one end of the list. */
  move(photo: Photo, by: number): void {
    const others = this.#photos.filter((one) => one !== photo);
    const to = Math.min(others.length, Math.max(0, this.#photos.indexOf(photo) + by));
    this.#photos = [...others.slice(0, to), photo, ...others.slice(to)];
  }

  /** Returns the photos and empties the list. */
  take(): readonly Photo[] {
    const taken = this.#photos;
    this.#photos = [];
    this.#refused = [];
    return taken;
  }

  forget(refused: RefusedFiles): void {
    this.#refused = this.#refused.filter((one) => one !== refused);
  }

  async #putAll(puts: Promise<Refused | undefined>[]): Promise<void> {
    const files = (await Promise.all(puts)).filter((one) => one !== undefined);
    if (files.length === 0) return;
    this.#refused = [...this.#refused, { id: ++this.#ids, of: puts.length, files }];
  }

  /**
   * Opens a photo, and adds it when the photos before it have been added. The wait keeps their order, because a small
   * file is read sooner than a large one. Returns its refusal, or undefined if the photo was added or the work was
   * stopped.
   */
  #put(
    name: string,
    make: (signal: AbortSignal) => ReturnType<OpenPhotos['open']>,
  ): Promise<Refused | undefined> {
    this.#opening++;
    const opening = make(new AbortController().signal);
    const put = this.#latest
      .then(() => opening)
      .then((opened) => {
        if (opened.kind === 'done') this.#photos = [...this.#photos, opened.value];
        return opened.kind === 'failed' ? { name, failure: opened.failure } : undefined;
      })
      .finally(() => this.#opening--);
    this.#latest = put.catch(() => undefined);
    return put;
  }
}
