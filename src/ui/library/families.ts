// The library's cards: models of one size are one card, on which Instruct or Thinking and the precision are
// chosen. Which of them is recommended on this device.

import type { CatalogueModel, ExpectedSpeeds, Fit, Preset } from '../../contract/weights.ts';
import type { Entry } from '../entries.ts';

/** What is known of a model before it is downloaded. */
export interface Offered extends Entry {
  offer: NonNullable<Entry['offer']>;
}

export interface Family {
  name: string;
  /** At least one, in the catalogue's order. */
  models: Offered[];
}

/** Below this, an answer takes minutes: the user is warned before anything is fetched. */
export const SLOW_TOKENS_PER_SECOND = 2;
/** As fast as people read. */
const COMFORTABLE_TOKENS_PER_SECOND = 5;

const RANK: Record<Fit['verdict'], number> = { fits: 0, 'fits-paged': 1, 'too-large': 2 };

export function isOffered(entry: Entry): entry is Offered {
  return entry.offer !== undefined;
}

/** What fits first; within a rank, the catalogue's order. */
export function families(entries: readonly Offered[]): Family[] {
  const byName = new Map<string, Offered[]>();
  for (const entry of entries) {
    const { family, name } = entry.offer.model;
    const key = family ?? name;
    byName.set(key, [...(byName.get(key) ?? []), entry]);
  }
  const rank = ({ models }: Family): number =>
    Math.min(...models.map(({ offer }) => RANK[offer.fit.verdict]));
  return Array.from(byName, ([name, models]) => ({ name, models })).toSorted((a, b) => rank(a) - rank(b));
}

/** What can be chosen on a card. */
export interface Choice {
  kind: CatalogueModel['kind'];
  preset: Preset | undefined;
}

/** The model of a card that a choice means; the nearest where there is none like that. */
export function chosenOf({ models }: Family, { kind, preset }: Choice): Offered | undefined {
  const ofKind = models.filter(({ offer }) => kind === undefined || offer.model.kind === kind);
  return ofKind.find(({ offer }) => offer.model.preset === preset) ?? ofKind[0] ?? models[0];
}

/** Tokens per second of the faster way to compute here. */
export function bestSpeed({ gpu, processor }: ExpectedSpeeds): number {
  return Math.max(gpu?.tokensPerSecond ?? 0, processor.tokensPerSecond);
}

/** What most people want of a size: direct answers, in the precision that is the best bargain. */
export function isUsual({ kind, preset }: CatalogueModel): boolean {
  return kind !== 'thinking' && (preset ?? 'balanced') === 'balanced';
}

/**
 * The largest model that surely fits and answers as fast as people read, else the fastest that is not slow;
 * undefined: the small model that comes with the page is the one to use here.
 */
export function recommended(
  offered: readonly Offered[],
  speedOf: (id: string) => ExpectedSpeeds | undefined,
): Offered | undefined {
  const candidates = offered.flatMap((entry) => {
    const { model, fit } = entry.offer;
    if (fit.verdict === 'too-large' || !isUsual(model)) return [];
    const speeds = speedOf(model.id);
    if (speeds === undefined) return [];
    const isSure = fit.reasons.every(({ kind }) => kind !== 'memory-unknown');
    return [{ entry, isSure, speed: bestSpeed(speeds), size: model.parameters }];
  });
  const fast = candidates.filter(({ speed }) => speed >= COMFORTABLE_TOKENS_PER_SECOND);
  const sure = fast.filter(({ isSure }) => isSure).toSorted((a, b) => b.size - a.size);
  const smallest = fast.toSorted((a, b) => a.size - b.size);
  const fastest = candidates
    .filter(({ speed }) => speed >= SLOW_TOKENS_PER_SECOND)
    .toSorted((a, b) => b.speed - a.speed);
  return (sure[0] ?? smallest[0] ?? fastest[0])?.entry;
}
