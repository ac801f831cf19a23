// Which walls hold in which realm: the page proved its own before it was built, each worker proves its own when it
// starts. No picture is taken before all realms that see pictures have proven theirs.

import type { WeightsWalls } from '../../contract/weights.ts';
import type { FailureInfo, Outcome } from '../../failure.ts';
import { openWalls, type WallReport } from '../../policy/walls.ts';

/** Clips are decoded where photos are: in the photo worker and in the inference worker. */
export const REALMS = ['page', 'photo', 'inference', 'weights', 'hash'] as const;
export type Realm = (typeof REALMS)[number];

export type RealmState =
  { kind: 'trying' } | { kind: 'tried'; report: WallReport } | { kind: 'failed'; failure: FailureInfo };

const SEE_PHOTOS: readonly Realm[] = ['page', 'photo', 'inference'];

/** A worker answers within a tenth of a second; a device that is very busy gets this long. */
const PATIENCE_MS = 30_000;

/** Asks each worker for what it found. */
export interface Provers {
  photo: () => Promise<Outcome<WallReport>>;
  inference: () => Promise<Outcome<WallReport>>;
  weights: () => Promise<Outcome<WeightsWalls>>;
}

export class Walls {
  readonly #provers: Provers;
  readonly #patienceMs: number;
  #states = $state.raw<Readonly<Record<Realm, RealmState>>>({
    page: { kind: 'trying' },
    photo: { kind: 'trying' },
    inference: { kind: 'trying' },
    weights: { kind: 'trying' },
    hash: { kind: 'trying' },
  });
  #asked: Promise<unknown> | undefined;

  /** `patienceMs`: how long a worker may take to say what it found. */
  constructor(page: WallReport, provers: Provers, patienceMs = PATIENCE_MS) {
    this.#provers = provers;
    this.#patienceMs = patienceMs;
    this.#set('page', { kind: 'tried', report: page });
  }

  get states(): Readonly<Record<Realm, RealmState>> {
    return this.#states;
  }

  /** Some wall of the promise is known not to hold, in some realm. */
  get isOpen(): boolean {
    return REALMS.some((realm) => this.#isOpen(realm));
  }

  /** All realms are known. */
  get areKnown(): boolean {
    return REALMS.every((realm) => this.#states[realm].kind !== 'trying');
  }

  /**
   * Has each worker prove its walls, unless it has; settles when all have said what they found, or have said nothing for too
   * long. What one says later than that counts all the same.
   */
  async prove(): Promise<void> {
    const { photo, inference, weights } = this.#provers;
    this.#asked ??= Promise.all([
      this.#within(
        photo().then((outcome) => this.#hear('photo', outcome)),
        ['photo'],
      ),
      this.#within(
        inference().then((outcome) => this.#hear('inference', outcome)),
        ['inference'],
      ),
      this.#within(
        weights().then((outcome) => {
          this.#hear('weights', part(outcome, 'weights'));
          this.#hear('hash', part(outcome, 'hash'));
        }),
        ['weights', 'hash'],
      ),
    ]).finally(() => {
      // What could not be asked is asked again the next time.
      if (REALMS.some((realm) => this.#states[realm].kind === 'failed')) this.#asked = undefined;
    });
    await this.#asked;
  }

  /**
   * Settles when all realms are known. Fails with 'unprotected' where a wall does not hold, and as the worker did where
   * one that sees pictures could not be asked.
   */
  async mayTake(): Promise<Outcome<null>> {
    await this.prove();
    for (const realm of REALMS) {
      const state = this.#states[realm];
      if (state.kind === 'failed' && SEE_PHOTOS.includes(realm))
        return { kind: 'failed', failure: state.failure };
      if (this.#isOpen(realm)) {
        const open = state.kind === 'tried' ? openWalls(state.report) : [];
        const message = `Walls that do not hold, in the ${realm} realm: ${open.join(', ')}.`;
        return { kind: 'failed', failure: { code: 'unprotected', message } };
      }
    }
    return { kind: 'done', value: null };
  }

  /** Adds what the page learns of a wall later. */
  addToPage(walls: WallReport['walls']): void {
    const { page } = this.#states;
    if (page.kind !== 'tried') return;
    const report = { ...page.report, walls: { ...page.report.walls, ...walls } };
    this.#set('page', { kind: 'tried', report });
  }

  /** Those of the realms that are not known in time count as failed. */
  async #within(answer: Promise<void>, realms: readonly Realm[]): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        for (const realm of realms.filter((each) => this.#states[each].kind === 'trying')) {
          const failure: FailureInfo = { code: 'no-answer', message: `The ${realm} worker does not answer.` };
          this.#set(realm, { kind: 'failed', failure });
        }
        resolve();
      }, this.#patienceMs);
    });
    await Promise.race([answer, late]);
    clearTimeout(timer);
  }

  #isOpen(realm: Realm): boolean {
    const state = this.#states[realm];
    return state.kind === 'tried' && openWalls(state.report).length > 0;
  }

  #hear(realm: Realm, outcome: Outcome<WallReport>): void {
    if (outcome.kind === 'done') this.#set(realm, { kind: 'tried', report: outcome.value });
    else if (outcome.kind === 'failed') this.#set(realm, outcome);
  }

  #set(realm: Realm, state: RealmState): void {
    this.#states = { ...this.#states, [realm]: state };
  }
}

function part(outcome: Outcome<WeightsWalls>, realm: keyof WeightsWalls): Outcome<WallReport> {
  return outcome.kind === 'done' ? { kind: 'done', value: outcome.value[realm] } : outcome;
}
