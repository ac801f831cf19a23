// What the library does besides downloading: looks after what is stored, adds models by link or from
// files, and holds a link's wish until somebody agrees to it.

import { SvelteMap } from 'svelte/reactivity';
import type { WeightsClient } from '../../client/weights-client.ts';
import type { ModelRequest, Preset, StorageFacts } from '../../contract/weights.ts';
import type { FailureInfo } from '../../failure.ts';
import { BUILT_IN } from '../entries.ts';
import type { Models } from '../models.svelte.ts';
import { Speeds } from './expected-speeds.svelte.ts';
import { bestSpeed, isOffered, SLOW_TOKENS_PER_SECOND, type Offered } from './families.ts';

/** What is being done to a stored model, or came of it. */
export type Care =
  | { kind: 'checking'; doneBytes: number; totalBytes: number }
  | { kind: 'checked'; files: number; damaged: number }
  | { kind: 'removing' }
  | { kind: 'failed'; failure: FailureInfo };

/** An address that brought no model. */
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

  /** What the browser says of the storage; undefined until it was asked. */
  get storage(): StorageFacts | undefined {
    return this.#storage;
  }

  /** The model that the page's own link asks for, until somebody says yes or no. */
  get wish(): ModelRequest | undefined {
    return this.#wish;
  }

  /** The page's own link, where it names no model. */
  get oddLink(): string | undefined {
    return this.#oddLink;
  }

  /** The address that was tried last, where it brought no model. */
  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  careOf(id: string): Care | undefined {
    return this.#care.get(id);
  }

  /** Models of the catalogue, the built-in one aside. */
  get offered(): Offered[] {
    return this.models.entries.filter(isOffered).filter(({ request }) => request.id !== BUILT_IN);
  }

  /** What the catalogue knows of the same checkpoint in the same precision. */
  offerLike({ id, source }: ModelRequest): Offered | undefined {
    return this.offered.find(({ request: other }) => {
      if (other.id === id) return true;
      if (source.kind !== 'hub' || other.source.kind !== 'hub') return false;
      return other.source.repo === source.repo && other.source.preset === source.preset;
    });
  }

  /** Whether a model can answer from storage. */
  isHere(id: string): boolean {
    return this.models.entries.find((entry) => entry.request.id === id)?.kept?.state === 'ready';
  }

  /** What the smallest of them that this device takes costs to download; 'none-fits', or 'unknown' if none is offered. */
  get smallestDownload(): number | 'none-fits' | 'unknown' {
    const { offered } = this;
    const fitting = offered.filter(({ offer }) => offer.fit.verdict !== 'too-large');
    if (fitting.length > 0) return Math.min(...fitting.map(({ offer }) => offer.model.downloadBytes));
    return offered.length > 0 ? 'none-fits' : 'unknown';
  }

  show(): void {
    this.#isOpen = true;
    // Another tab may have brought or removed something.
    void this.models.refresh();
    void this.#lookAtStorage();
    void this.speeds.measure(this.offered);
  }

  hide(): void {
    this.#oddLink = undefined;
    this.#refusal = undefined;
    // The panel showed it.
    if (this.models.news?.kind === 'not-downloaded') this.models.dismissNews();
    this.#isOpen = false;
  }

  /**
   * Once at the start, when the models are known: where a link names a model, asks whether it is wanted, also if
   * it is here already; where nothing is chosen, the library opens.
   */
  async welcome(link: string | null): Promise<void> {
    if (link !== null && link.trim() !== '') await this.#consider(link);
    if (this.#wish || this.#oddLink !== undefined || !this.models.chosen) this.show();
  }

  /** Yes to the link's wish. */
  grant(): void {
    if (this.#wish) void this.#add(this.#wish);
    this.#wish = undefined;
  }

  decline(): void {
    this.#wish = undefined;
  }

  /** Why a link names no model; undefined where its download begins. */
  async addLink(text: string, preset: Preset): Promise<FailureInfo | undefined> {
    const read = await this.#weights.readLink(text, this.#pageUrl, preset);
    if (read.kind === 'failed') return read.failure;
    if (read.kind !== 'done') return undefined;
    // Asked about first, with what is known of it.
    if (this.#needsWarning(read.value)) this.#wish = read.value;
    else void this.#add(read.value);
    return undefined;
  }

  /** Files of one folder: a package, or a checkpoint that is quantised. */
  addFiles(name: string, files: File[], preset: Preset): void {
    const id = `files:${crypto.randomUUID()}`;
    void this.#add({ id, name, source: { kind: 'files', preset } }, files);
  }

  /** Reads and hashes everything that is kept of a model; what is damaged is no longer kept. */
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
    await this.models.refresh();
  }

  /** Brings what the check-up found missing. */
  async repair(request: ModelRequest): Promise<void> {
    this.#care.delete(request.id);
    await this.models.background.fetch(request);
  }

  /** Takes a model away with all its bytes; a download of it ends. */
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

  /** Whether a model is known to be slow here, or too large. */
  #needsWarning(request: ModelRequest): boolean {
    const like = this.offerLike(request);
    if (!like) return false;
    const speed = this.speeds.of(like.request.id);
    const isSlow = speed.kind === 'known' && bestSpeed(speed) < SLOW_TOKENS_PER_SECOND;
    return isSlow || like.offer.fit.verdict === 'too-large';
  }

  /** What brings nothing leaves no entry behind, only the reason. */
  async #add(request: ModelRequest, files?: File[]): Promise<void> {
    this.#refusal = undefined;
    const added = await this.models.add(request, files);
    const isHere = this.models.entries.some((entry) => entry.request.id === request.id);
    if (added.kind !== 'failed' || isHere) return;
    this.#refusal = { name: request.name, failure: added.failure };
    if (this.#isOpen) this.models.dismissNews();
  }

  async #consider(link: string): Promise<void> {
    const offered = this.models.entries.find((entry) => entry.request.id === link);
    const read = offered
      ? ({ kind: 'done', value: offered.request } as const)
      : await this.#weights.readLink(link, this.#pageUrl, 'balanced');
    if (read.kind !== 'done') {
      this.#oddLink = link;
      return;
    }
    const { id } = read.value;
    // A model that is here is asked about, too: a link of somebody else's does not choose who answers.
    if (this.models.chosen?.request.id !== id || !this.isHere(id)) this.#wish = read.value;
  }

  async #lookAtStorage(): Promise<void> {
    const facts = await this.#weights.storage();
    if (facts.kind === 'done') this.#storage = facts.value;
  }
}
