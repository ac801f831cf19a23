// All jobs of the library except downloading: it checks, repairs and removes stored models, and adds models by link or
// from files. If a link requests a model, the request waits here until the user accepts it.

import { SvelteMap } from 'svelte/reactivity';
import type { WeightsClient } from '../../client/weights-client.ts';
import type { ModelRequest, Preset, StorageFacts } from '../../contract/weights.ts';
import type { FailureInfo } from '../../failure.ts';
import { BUILT_IN } from '../models/entries.ts';
import type { Models } from '../models/models.svelte.ts';
import { Speeds } from './expected-speeds.svelte.ts';
import { bestSpeed, isOffered, SLOW_TOKENS_PER_SECOND, type Offered } from './families.ts';

/** A maintenance job on a stored model: its progress while it runs, then its result. */
export type Care =
  | { kind: 'checking'; doneBytes: number; totalBytes: number }
  | { kind: 'checked'; files: number; damaged: number }
  | { kind: 'removing' }
  | { kind: 'failed'; failure: FailureInfo };

/** A failed attempt to add a model. */
export interface Refusal {
  name: string;
  failure: FailureInfo;
}

type LibraryWeights = Pick<
  WeightsClient,
  'storage' | 'device' | 'expectSpeeds' | 'readLink' | 'checkUp' | 'remove'
>;

export class Library {
  readonly models: Models;
  readonly speeds: Speeds;
  readonly #weights: LibraryWeights;
  readonly #pageUrl: string;
  readonly #care = new SvelteMap<string, Care>();
  #isOpen = $state(false);
  #storage = $state.raw<StorageFacts | undefined>();
  #wish = $state.raw<ModelRequest | undefined>();
  #oddLink = $state<string | undefined>();
  #refusal = $state.raw<Refusal | undefined>();

  constructor(models: Models, weights: LibraryWeights, pageUrl: string) {
    this.models = models;
    this.speeds = new Speeds(weights);
    this.#weights = weights;
    this.#pageUrl = pageUrl;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The browser's report about its storage; undefined until it has arrived. */
  get storage(): StorageFacts | undefined {
    return this.#storage;
  }

  /**
   * The model that waits for the user to accept or decline it. Either the page's own link names it, or the user entered
   * its link and it is slow or too large here.
   */
  get wish(): ModelRequest | undefined {
    return this.#wish;
  }

  /** The page's own link, if it names no model. */
  get oddLink(): string | undefined {
    return this.#oddLink;
  }

  /** The latest attempt to add a model, if it failed and left no entry. */
  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  careOf(id: string): Care | undefined {
    return this.#care.get(id);
  }

  /** The catalogue's models, without the built-in one. */
  get offered(): Offered[] {
    return this.models.known.entries.filter(isOffered).filter(({ request }) => request.id !== BUILT_IN);
  }

  /** The catalogue's entry for this model, or for the same checkpoint with the same precision. */
  offerLike({ id, source }: ModelRequest): Offered | undefined {
    return this.offered.find(({ request: other }) => {
      if (other.id === id) return true;
      if (source.kind !== 'hub' || other.source.kind !== 'hub') return false;
      const repos = [other.source.repo, other.source.sideFiles?.repo];
      return repos.includes(source.repo) && other.source.preset === source.preset;
    });
  }

  /** Whether a model is stored completely. */
  isHere(id: string): boolean {
    return this.models.known.entries.find((entry) => entry.request.id === id)?.kept?.state === 'ready';
  }

  /**
   * The size, in bytes, of the smallest download among the offered models that this device can run; 'none-fits' if it
   * can run none of them, 'unknown' if none is offered.
   */
  get smallestDownload(): number | 'none-fits' | 'unknown' {
    const { offered } = this;
    const fitting = offered.filter(({ offer }) => offer.fit.verdict !== 'too-large');
    if (fitting.length > 0) return Math.min(...fitting.map(({ offer }) => offer.model.downloadBytes));
    return offered.length > 0 ? 'none-fits' : 'unknown';
  }

  show(): void {
    this.#isOpen = true;
    // Another tab may have downloaded or removed a model.
    void this.models.known.refresh();
    void this.#lookAtStorage();
    void this.speeds.measure(this.offered);
  }

  hide(): void {
    this.#oddLink = undefined;
    this.#refusal = undefined;
    // The panel has shown this failure already.
    if (this.models.news.current?.kind === 'not-downloaded') this.models.news.dismiss();
    this.#isOpen = false;
  }

  /**
   * Call this once at the start, when the models are known. Opens the library if no model is chosen. If the page has a
   * link, also opens the library and asks whether the user wants the link's model, unless that model is stored and
   * chosen already.
   */
  async welcome(link: string | null): Promise<void> {
    if (link !== null && link.trim() !== '') await this.#consider(link);
    if (this.#wish || this.#oddLink !== undefined || !this.models.chosen.entry) this.show();
  }

  /** Accepts the model in `wish`. */
  grant(): void {
    if (this.#wish) void this.#add(this.#wish);
    this.#wish = undefined;
  }

  decline(): void {
    this.#wish = undefined;
  }

  /** Adds the model that a link names; returns the failure if the link names none. */
  async addLink(text: string, preset: Preset): Promise<FailureInfo | undefined> {
    const read = await this.#weights.readLink(text, this.#pageUrl, preset);
    if (read.kind === 'failed') return read.failure;
    if (read.kind !== 'done') return undefined;
    // The library shows the model's speed and fit, and asks first.
    if (this.#needsWarning(read.value)) this.#wish = read.value;
    else void this.#add(read.value);
    return undefined;
  }

  /** Adds a model from the files of one folder: a package, or a checkpoint, which is then quantised. */
  addFiles(name: string, files: File[], preset: Preset): void {
    const id = `files:${crypto.randomUUID()}`;
    void this.#add({ id, name, source: { kind: 'files', preset } }, files);
  }

  /** Reads and hashes every stored file of a model. Drops damaged files, so that `repair` fetches them again. */
  async check(id: string): Promise<void> {
    this.#care.set(id, { kind: 'checking', doneBytes: 0, totalBytes: 1 });
    const outcome = await this.#weights.checkUp(
      id,
      (event) => {
        if (event.kind !== 'progress' || this.#care.get(id)?.kind !== 'checking') return;
        this.#care.set(id, { kind: 'checking', doneBytes: event.doneBytes, totalBytes: event.totalBytes });
      },
      new AbortController().signal,
    );
    if (outcome.kind === 'stopped') this.#care.delete(id);
    else if (outcome.kind === 'failed') this.#care.set(id, outcome);
    else {
      const { checkedFiles, damaged } = outcome.value;
      this.#care.set(id, { kind: 'checked', files: checkedFiles, damaged: damaged.length });
    }
    await this.models.known.refresh();
  }

  /** Fetches the files that `check` found missing or damaged. */
  async repair(request: ModelRequest): Promise<void> {
    this.#care.delete(request.id);
    await this.models.background.fetch(request);
  }

  /** Removes a model and all its bytes from storage; ends its download if one is running. */
  async remove(id: string): Promise<void> {
    this.#care.set(id, { kind: 'removing' });
    await this.models.background.pause(id);
    await this.models.leave(id);
    const outcome = await this.#weights.remove(id);
    if (outcome.kind === 'failed') this.#care.set(id, outcome);
    else {
      this.#care.delete(id);
      this.models.downloads.forget(id);
    }
    await Promise.all([this.models.gone(id), this.#lookAtStorage()]);
  }

  /** Whether a model is too large for this device, or known to be slow on it. */
  #needsWarning(request: ModelRequest): boolean {
    const like = this.offerLike(request);
    if (!like) return false;
    const speed = this.speeds.of(like.request.id);
    const isSlow = speed.kind === 'known' && bestSpeed(speed) < SLOW_TOKENS_PER_SECOND;
    return isSlow || like.offer.fit.verdict === 'too-large';
  }

  /** Adds a model. An attempt that stores nothing leaves only the failure in `refusal`, and no entry. */
  async #add(request: ModelRequest, files?: File[]): Promise<void> {
    this.#refusal = undefined;
    const added = await this.models.add(request, files);
    const isHere = this.models.known.entries.some((entry) => entry.request.id === request.id);
    if (added.kind !== 'failed' || isHere) return;
    this.#refusal = { name: request.name, failure: added.failure };
    if (this.#isOpen) this.models.news.dismiss();
  }

  async #consider(link: string): Promise<void> {
    const offered = this.models.known.entries.find((entry) => entry.request.id === link);
    const read = offered
      ? ({ kind: 'done', value: offered.request } as const)
      : await this.#weights.readLink(link, this.#pageUrl, 'balanced');
    if (read.kind !== 'done') {
      this.#oddLink = link;
      return;
    }
    const { id } = read.value;
    // Ask even if the model is stored: a link from a stranger must not decide which model answers.
    if (!this.models.chosen.is(id) || !this.isHere(id)) this.#wish = read.value;
  }

  async #lookAtStorage(): Promise<void> {
    const facts = await this.#weights.storage();
    if (facts.kind === 'done') this.#storage = facts.value;
  }
}
