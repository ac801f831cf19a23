// Groups the models for the library's cards: models of one size share one card, on which the user chooses Instruct or
// Thinking, and the precision. Also picks the model to recommend on this device.

import type { CatalogueModel, ExpectedSpeeds, Fit, Preset } from '../../contract/weights.ts';
import type { Entry } from '../models/entries.ts';

/** A model in the catalogue, whose size and fit are known before it is downloaded. */
export interface Offered extends Entry {
  offer: NonNullable<Entry['offer']>;
}

export interface Family {
  name: string;
  /** The models of the family, at least one, in the catalogue's order. */
  models: Offered[];
}

/** Below this rate an answer takes minutes, so the page warns the user before it fetches anything. */
export const SLOW_TOKENS_PER_SECOND = 2;
/** The speed at which people read. */
const COMFORTABLE_TOKENS_PER_SECOND = 5;

const RANK: Record<Fit['verdict'], number> = { fits: 0, 'fits-paged': 1, 'too-large': 2 };

export function isOffered(entry: Entry): entry is Offered {
  return entry.offer !== undefined;
}

/** Returns the families, sorted by fit, the best first; families with the same fit stay in the catalogue's order. */
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

/** The user's choice on a card. */
export interface Choice {
  kind: CatalogueModel['kind'];
  preset: Preset | undefined;
}

/**
 * The model of a card that matches a choice. If none does, the first model of the chosen kind, or otherwise the card's
 * first model.
 */
export function chosenOf({ models }: Family, { kind, preset }: Choice): Offered | undefined {
  const ofKind = models.filter(({ offer }) => kind === undefined || offer.model.kind === kind);
  return ofKind.find(({ offer }) => offer.model.preset === preset) ?? ofKind[0] ?? models[0];
}

/** How close a model is to its publisher's numbers; undefined if its files do not show it. */
export function madeFrom({
  source,
  preset,
}: Pick<CatalogueModel, 'source' | 'preset'>):
  'fourBits' | 'eightToFourBits' | 'eightBits' | 'original' | undefined {
  if (source.kind !== 'hub') return undefined;
  const [file] = source.gguf ?? [];
  if (file === undefined) return preset === 'exact' ? 'original' : undefined;
  if (file.includes('Q4_')) return 'fourBits';
  if (!file.includes('Q8_0')) return undefined;
  return preset === '8-bit' ? 'eightBits' : 'eightToFourBits';
}

/** The tokens per second of the GPU or of the processor, whichever is faster. */
export function bestSpeed({ gpu, processor }: ExpectedSpeeds): number {
  return Math.max(gpu?.tokensPerSecond ?? 0, processor?.tokensPerSecond ?? 0);
}

/** Whether most people would choose this model of its size: direct answers, in the balanced precision. */
export function isUsual({ kind, preset }: CatalogueModel): boolean {
  return kind !== 'thinking' && (preset ?? 'balanced') === 'balanced';
}

/**
 * The largest model that surely fits and answers at reading speed. If there is none, the smallest model that may fit
 * and answers at reading speed. If there is none either, the fastest model that is not slow. Undefined if the built-in
 * model is the best choice on this device.
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
