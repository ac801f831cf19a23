// News about models that the page shows above the question field until the user answers or dismisses them.

import type { FailureInfo } from '../../failure.ts';
import type { Entry } from './entries.ts';
import type { NextModel } from './next-model.ts';
import type { Suspect, Suspects } from './suspects.svelte.ts';

type Report =
  /** The model was downloaded while another model answered. */
  | { kind: 'arrived'; entry: Entry }
  /** The model's download failed; another model keeps answering. */
  | { kind: 'not-downloaded'; name: string; failure: FailureInfo }
  /** The model did not load; the previous model answers again. */
  | { kind: 'not-loaded'; name: string; failure: FailureInfo };

export type ModelNews =
  | Report
  /** The page died while the model was loading or answering, so the model is loaded only with the user's consent. */
  | ({ kind: 'suspect' } & Suspect);

export class News {
  readonly #suspects: Suspects;
  readonly #next: NextModel;
  #report = $state.raw<Report | undefined>();

  constructor(suspects: Suspects, next: NextModel) {
    this.#suspects = suspects;
    this.#next = next;
  }

  /** News that the user should read or decide about; usually undefined. */
  get current(): ModelNews | undefined {
    const { current } = this.#suspects;
    return current === undefined ? this.#report : { kind: 'suspect', ...current };
  }

  report(report: Report): void {
    this.#report = report;
  }

  /** Dismisses the news for the user. News about a suspect remains until the user decides about that model. */
  dismiss(): void {
    if (this.#report?.kind === 'arrived') this.#next.forget(this.#report.entry.request.id);
    this.clear();
  }

  /** Removes news that is outdated because the user has chosen a model. */
  clear(): void {
    this.#report = undefined;
  }

  /** Removes the news that a model has arrived, because the model is gone. */
  forget(id: string): void {
    if (this.#report?.kind === 'arrived' && this.#report.entry.request.id === id) this.clear();
  }
}
