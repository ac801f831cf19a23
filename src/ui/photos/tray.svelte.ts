// The photos of the next question: added, put in order, taken away; and those that could not be read.

import type { Box } from '../../contract/photos.ts';
import type { FailureInfo } from '../../failure.ts';
import type { Photo } from './photo.ts';
import type { PhotoShelf } from './photo-shelf.ts';

interface Refused {
  name: string;
  failure: FailureInfo;
}

/** What was not added of the files that came together. */
export interface RefusedFiles {
  id: number;
  /** How many files came. */
  of: number;
  files: readonly Refused[];
}

export class Tray {
  readonly #shelf: Pick<PhotoShelf, 'open' | 'crop' | 'find'>;
  #photos = $state.raw<readonly Photo[]>([]);
  #refused = $state.raw<readonly RefusedFiles[]>([]);
  #opening = $state(0);
  #ids = 0;

  constructor(shelf: Pick<PhotoShelf, 'open' | 'crop' | 'find'>) {
    this.#shelf = shelf;
  }

  get photos(): readonly Photo[] {
    return this.#photos;
  }

  get refused(): readonly RefusedFiles[] {
    return this.#refused;
  }

  /** How many are being read. */
  get opening(): number {
    return this.#opening;
  }

  /** Adds files in their order; those that are no readable pictures are listed together under `refused`. */
  async add(files: Iterable<File>): Promise<void> {
    const all = Array.from(files);
    await this.#putAll(
      all.map((file) => this.#put(file.name, (signal) => this.#shelf.open(file, file.name, signal))),
    );
  }

  async addBlob(file: Blob, name: string): Promise<void> {
    await this.#putAll([this.#put(name, (signal) => this.#shelf.open(file, name, signal))]);
  }

  /**
   * Adds a part of a photo, in place of the whole one if that is here: a question about a part is asked about the part
   * alone. Whether the part could be cut out; if not, it is listed under `refused`.
   */
  async takePart(photo: Photo, box: Box, name: string): Promise<boolean> {
    const refusals = this.#refused.length;
    const before = this.#photos;
    await this.#putAll([this.#put(name, (signal) => this.#shelf.crop(photo, box, name, signal))]);
    const part = this.#photos.findLast((one) => one.part?.of === photo.id && !before.includes(one));
    if (part === undefined || this.#refused.length > refusals) return false;
    const others = this.#photos.filter((one) => one !== part);
    if (others.includes(photo)) this.#photos = others.map((one) => (one === photo ? part : one));
    return true;
  }

  /** The photo that a part was cut from; null if it is no part, or if the whole one is no longer on this page. */
  wholeOf({ part }: Photo): Photo | null {
    return (part && this.#shelf.find(part.of)) ?? null;
  }

  /** Puts the whole photo before its part, so that both are sent. */
  addWhole(part: Photo): void {
    const whole = this.wholeOf(part);
    if (whole === null || this.#photos.includes(whole)) return;
    this.#photos = this.#photos.flatMap((one) => (one === part ? [whole, part] : [one]));
  }

  /** Puts the whole photo back in place of its part. */
  undoPart(part: Photo): void {
    this.addWhole(part);
    this.#photos = this.#photos.filter((one) => one !== part);
  }

  /** Puts back photos that are known already: those of a question that is asked anew. */
  put(photos: readonly Photo[]): void {
    this.#photos = [...this.#photos.filter((photo) => !photos.includes(photo)), ...photos];
  }

  remove(photo: Photo): void {
    this.#photos = this.#photos.filter((one) => one !== photo);
  }

  /** Moves a photo `by` places; at the ends it stays. */
  move(photo: Photo, by: number): void {
    const others = this.#photos.filter((one) => one !== photo);
    const to = Math.min(others.length, Math.max(0, this.#photos.indexOf(photo) + by));
    this.#photos = [...others.slice(0, to), photo, ...others.slice(to)];
  }

  /** Hands the photos over and is empty. */
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

  /** What was refused; undefined when it was added, or stopped. */
  async #put(
    name: string,
    make: (signal: AbortSignal) => ReturnType<PhotoShelf['open']>,
  ): Promise<Refused | undefined> {
    this.#opening++;
    // One photo at a time is opened, in the order of the calls: they arrive in that order.
    const opened = await make(new AbortController().signal);
    this.#opening--;
    if (opened.kind === 'done') this.#photos = [...this.#photos, opened.value];
    return opened.kind === 'failed' ? { name, failure: opened.failure } : undefined;
  }
}
