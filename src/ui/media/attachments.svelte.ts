// The attachments of the next question: pictures and clips that the user can add, reorder and remove. Also lists the files
// that could not be read.

import type { Box } from '../../contract/box.ts';
import type { FailureInfo } from '../../failure.ts';
import type { MediaItem } from './media-item.ts';
import type { OpenMedia } from './open-media.ts';

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
  readonly #openMedia: Pick<OpenMedia, 'open' | 'crop' | 'find'>;
  #media = $state.raw<readonly MediaItem[]>([]);
  /** Settles when the last of the files has been added or refused. */
  #latest: Promise<unknown> = Promise.resolve();
  #refused = $state.raw<readonly RefusedFiles[]>([]);
  #opening = $state(0);
  #ids = 0;

  constructor(openMedia: Pick<OpenMedia, 'open' | 'crop' | 'find'>) {
    this.#openMedia = openMedia;
  }

  get media(): readonly MediaItem[] {
    return this.#media;
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
      all.map((file) => this.#put(file.name, (signal) => this.#openMedia.open(file, file.name, signal))),
    );
  }

  async addBlob(file: Blob, name: string): Promise<void> {
    await this.#putAll([this.#put(name, (signal) => this.#openMedia.open(file, name, signal))]);
  }

  /**
   * Adds a part of an item. If the whole item is attached, the part replaces it, so that the model gets only the part.
   * Returns whether the part could be cut out; if not, the part is listed in `refused`.
   */
  async takePart(item: MediaItem, box: Box, name: string): Promise<boolean> {
    const refusals = this.#refused.length;
    const before = this.#media;
    await this.#putAll([this.#put(name, (signal) => this.#openMedia.crop(item, box, name, signal))]);
    const part = this.#media.findLast((one) => one.part?.of === item.id && !before.includes(one));
    if (part === undefined || this.#refused.length > refusals) return false;
    const others = this.#media.filter((one) => one !== part);
    if (others.includes(item)) this.#media = others.map((one) => (one === item ? part : one));
    return true;
  }

  /**
   * The item from which a part was cut; null if the item is not a part, or if the whole item is no longer on this
   * page.
   */
  wholeOf({ part }: MediaItem): MediaItem | null {
    return (part && this.#openMedia.find(part.of)) ?? null;
  }

  /** Adds the whole item before its part, so that the model gets both. */
  addWhole(part: MediaItem): void {
    const whole = this.wholeOf(part);
    if (whole === null || this.#media.includes(whole)) return;
    this.#media = this.#media.flatMap((one) => (one === part ? [whole, part] : [one]));
  }

  /** Replaces a part with the whole item. */
  undoPart(part: MediaItem): void {
    this.addWhole(part);
    this.#media = this.#media.filter((one) => one !== part);
  }

  /** Appends media that are already open, such as restored ones. An item that is in the list moves to its end. */
  put(media: readonly MediaItem[]): void {
    this.#media = [...this.#media.filter((item) => !media.includes(item)), ...media];
  }

  remove(item: MediaItem): void {
    this.#media = this.#media.filter((one) => one !== item);
  }

  /** Moves an item by `by` places, but not beyond the ends of the list. */
  move(item: MediaItem, by: number): void {
    const others = this.#media.filter((one) => one !== item);
    const to = Math.min(others.length, Math.max(0, this.#media.indexOf(item) + by));
    this.#media = [...others.slice(0, to), item, ...others.slice(to)];
  }

  /** Returns the media and empties the list. */
  take(): readonly MediaItem[] {
    const taken = this.#media;
    this.#media = [];
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
   * Opens an item, and adds it when the media before it have been added. The wait keeps their order, because a small
   * file is read sooner than a large one. Returns its refusal, or undefined if the item was added or the work was
   * stopped.
   */
  #put(
    name: string,
    make: (signal: AbortSignal) => ReturnType<OpenMedia['open']>,
  ): Promise<Refused | undefined> {
    this.#opening++;
    const opening = make(new AbortController().signal);
    const put = this.#latest
      .then(() => opening)
      .then((opened) => {
        if (opened.kind === 'done') this.#media = [...this.#media, opened.value];
        return opened.kind === 'failed' ? { name, failure: opened.failure } : undefined;
      })
      .finally(() => this.#opening--);
    this.#latest = put.catch(() => undefined);
    return put;
  }
}
