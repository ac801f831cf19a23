// Determines which walls hold in which realm. A wall blocks one way out of the page; a realm is the page or one of its
// workers. The page tests its walls before its UI is built, and each worker tests its own when it starts. The page
// accepts pictures only if every realm that sees pictures has reported and all required walls hold everywhere.

import type { InferenceWalls } from '../../contract/inference.ts';
import type { WeightsWalls } from '../../contract/weights.ts';
import type { FailureInfo, Outcome } from '../../failure.ts';
import { openWalls, type WallReport } from '../../policy/walls.ts';

export const REALMS = ['page', 'media', 'inference', 'kernel', 'weights', 'hash'] as const;
export type Realm = (typeof REALMS)[number];

export type RealmState =
  { kind: 'trying' } | { kind: 'tried'; report: WallReport } | { kind: 'failed'; failure: FailureInfo };

const SEE_MEDIA: readonly Realm[] = ['page', 'media', 'inference', 'kernel'];

/** A worker reports within a tenth of a second; this limit leaves time for a very busy device. */
const PATIENCE_MS = 30_000;

/** The calls that ask each worker for its report. */
export interface Provers {
  media: () => Promise<Outcome<WallReport>>;
  inference: () => Promise<Outcome<InferenceWalls>>;
  weights: () => Promise<Outcome<WeightsWalls>>;
}

export class Walls {
  readonly #provers: Provers;
  readonly #patienceMs: number;
  #states = $state.raw<Readonly<Record<Realm, RealmState>>>({
    page: { kind: 'trying' },
    media: { kind: 'trying' },
    inference: { kind: 'trying' },
    kernel: { kind: 'trying' },
    weights: { kind: 'trying' },
    hash: { kind: 'trying' },
  });
  #asked: Promise<unknown> | undefined;

  /** `patienceMs`: how long a worker may take to report. */
  constructor(page: WallReport, provers: Provers, patienceMs = PATIENCE_MS) {
    this.#provers = provers;
    this.#patienceMs = patienceMs;
    this.#set('page', { kind: 'tried', report: page });
  }

  get states(): Readonly<Record<Realm, RealmState>> {
    return this.#states;
  }

  /** Whether some realm reports that a wall required by the privacy promise does not hold. */
  get isOpen(): boolean {
    return REALMS.some((realm) => this.#isOpen(realm));
  }

  /** Whether every realm has reported or failed. */
  get areKnown(): boolean {
    return REALMS.every((realm) => this.#states[realm].kind !== 'trying');
  }

  /**
   * Asks each worker for a report about its walls, unless all have reported. Settles when each worker has reported or
   * exceeded the time limit; a report that arrives later still counts.
   */
  async prove(): Promise<void> {
    const { media, inference, weights } = this.#provers;
    this.#asked ??= Promise.all([
      this.#within(
        media().then((outcome) => this.#hear('media', outcome)),
        ['media'],
      ),
      this.#within(
        inference().then((outcome) => {
          this.#hear('inference', part(outcome, 'inference'));
          this.#hear('kernel', part(outcome, 'kernel'));
        }),
        ['inference', 'kernel'],
      ),
      this.#within(
        weights().then((outcome) => {
          this.#hear('weights', part(outcome, 'weights'));
          this.#hear('hash', part(outcome, 'hash'));
        }),
        ['weights', 'hash'],
      ),
    ]).finally(() => {
      // If a worker failed to report, the next call asks again.
      if (REALMS.some((realm) => this.#states[realm].kind === 'failed')) this.#asked = undefined;
    });
    await this.#asked;
  }

  /**
   * Decides whether the page may take pictures. Settles when every realm has reported or failed. Fails with
   * 'unprotected' if a wall does not hold. If a worker that sees pictures could not report, fails with that worker's
   * failure.
   */
  async mayTake(): Promise<Outcome<null>> {
    await this.prove();
    for (const realm of REALMS) {
      const state = this.#states[realm];
      if (state.kind === 'failed' && SEE_MEDIA.includes(realm))
        return { kind: 'failed', failure: state.failure };
      if (this.#isOpen(realm)) {
        const open = state.kind === 'tried' ? openWalls(state.report) : [];
        const message = `Walls that do not hold, in the ${realm} realm: ${open.join(', ')}.`;
        return { kind: 'failed', failure: { code: 'unprotected', message } };
      }
    }
    return { kind: 'done', value: null };
  }

  /** Adds the states of walls that the page learns after its own test. */
  addToPage(walls: WallReport['walls']): void {
    const { page } = this.#states;
    if (page.kind !== 'tried') return;
    const report = { ...page.report, walls: { ...page.report.walls, ...walls } };
    this.#set('page', { kind: 'tried', report });
  }

  /**
   * Waits for a worker's report. After the time limit, those of its `realms` that have not reported count as failed.
   */
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

function part<R extends Realm>(outcome: Outcome<Record<R, WallReport>>, realm: R): Outcome<WallReport> {
  return outcome.kind === 'done' ? { kind: 'done', value: outcome.value[realm] } : outcome;
}
