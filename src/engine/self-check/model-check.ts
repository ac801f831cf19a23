// Checks whether a model computes the same numbers on this device as when its package was made. It asks one short
// question about one small picture and compares the logits with those in the package. It finds faults that checks of
// single operators miss: damaged weights on the device, overflows of f16, a shader that only this model uses.

import type { Part } from '../../contract/conversation.ts';
import { Failure, type FailureCode } from '../../failure.ts';
import { Field, parseJson } from '../../format/json-field.ts';
import type { PackageStore } from '../../format/package-store.ts';
import type { Precision } from '../../graph/emitted.ts';
import type { Engine } from '../engine.ts';
import type { Medium } from '../media-library.ts';
import { TEST_CARD } from './test-card.ts';

/** One of the package's own files. Packages that a browser converted do not contain it; see ModelTrust.learn. */
export const MODEL_CHECK_FILE = 'self-test.json';
const VERSION = 1;
const QUESTION: Part[] = [
  { type: 'image', photo: new Blob([TEST_CARD], { type: 'image/png' }) },
  { type: 'text', text: 'What is in the picture?' },
];
const MAX_STEPS = 4;
const BEST = 32;
/**
 * The largest allowed difference, in standard deviations of all logits: above rounding, below the effect of a fault.
 * One swapped nibble among the built-in model's 4-bit weights changed the logits by 1.2e-3 to 5e-2 (24 random swaps).
 * f16 rounds too coarsely to find that, so its limit finds only overflows and broken shaders.
 */
export const TOLERANCE: Record<Precision, number> = { f32: 1e-3, f16: 2e-1 };

/**
 * The largest allowed error of a stage of the vision encoder, in deviations of its features. The error of a missing
 * stage is 1.
 */
export const STAGE_TOLERANCE = 2e-1;
const STAGE_SAMPLES = 32;

/** The logits of one position, and the token that the model chose from them. */
export interface Step {
  id: number;
  mean: number;
  /** Standard deviation of all logits. */
  deviation: number;
  /** The reference's largest logits with their tokens, descending. */
  best: { id: number; logit: number }[];
}

/** One output of the vision encoder for the decoder: the features, or one DeepStack tap. */
export interface Stage {
  mean: number;
  /** Standard deviation of all numbers. */
  deviation: number;
  /** Some of the numbers, evenly spaced. */
  samples: number[];
}

/** The results that a package records for its model. */
export interface Reference {
  steps: Step[];
  /** The features, then each tap. Empty in packages that were made before stages were recorded. */
  stages: Stage[];
}

/** All logits, position after position, and the statistics of the vision encoder's outputs. The answer is greedy. */
export interface Observed {
  tokens: { id: number; logits: Float32Array }[];
  stages: Stage[];
}

/** Asks the question, and clears the conversation from the engine before and after. Fails as Engine.answer does. */
export async function observe(
  engine: Engine,
  signal: AbortSignal,
  content: Part[] = QUESTION,
): Promise<Observed> {
  const observed: Observed = { tokens: [], stages: [] };
  engine.forget();
  try {
    await engine.answer(
      [{ role: 'user', content }],
      { maxTokens: MAX_STEPS, sampling: {} },
      () => undefined,
      signal,
      {
        onFeatures: async (medium) => {
          observed.stages.push(...(await stagesOf(medium)));
        },
        onToken: async (id, logits) => {
          observed.tokens.push({ id, logits: (await logits.all()).slice() });
        },
      },
    );
  } finally {
    engine.forget();
  }
  return observed;
}

/** The record of an observation that a package keeps. */
export function summary({ tokens, stages }: Observed): { version: number } & Reference {
  return { version: VERSION, steps: tokens.map(stepOf), stages };
}

async function stagesOf({ blocks = [] }: Medium): Promise<Stage[]> {
  const tables = await Promise.all(blocks.map((block) => block.read()));
  return tables.flat().map((numbers) => {
    const at = (i: number): number => Math.floor(((i + 0.5) * numbers.length) / STAGE_SAMPLES);
    return { ...moments(numbers), samples: Array.from({ length: STAGE_SAMPLES }, (_, i) => numbers[at(i)]!) };
  });
}

function stepOf({ id, logits }: Observed['tokens'][number]): Step {
  const { mean, deviation } = moments(logits);
  const ids = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]!);
  return {
    id,
    mean,
    deviation,
    best: ids.slice(0, BEST).map((each) => ({ id: each, logit: logits[each]! })),
  };
}

/**
 * The largest difference from the reference, in deviations of its logits; NaN if an observed logit is not a number, or
 * if there are none. If two tokens were nearly equally likely, the answers may diverge; the comparison stops there,
 * because the later texts differ.
 */
export function difference({ tokens }: Pick<Observed, 'tokens'>, reference: readonly Step[]): number {
  let largest = tokens.length === 0 ? NaN : 0;
  for (const [index, { id, mean, deviation, best }] of reference.entries()) {
    const seen = tokens[index];
    if (seen === undefined) break;
    const ours = moments(seen.logits);
    const gaps = [
      ours.mean - mean,
      ours.deviation - deviation,
      ...best.map((each) => (seen.logits[each.id] ?? NaN) - each.logit),
    ].map((gap) => Math.abs(gap) / deviation);
    largest = Math.max(largest, ...gaps);
    if (Number.isNaN(largest) || seen.id !== id) break;
  }
  return largest;
}

/**
 * The largest difference of the vision encoder's stages from the reference, in deviations of each stage; 0 if the
 * reference has none. The answer alone does not show a missing stage: without any DeepStack tap, the built-in model's
 * logits change by 0.09 of their deviation, which is less than the tolerance of f16.
 */
export function stageDifference(observed: readonly Stage[], reference: readonly Stage[]): number {
  const gaps = reference.flatMap(({ mean, deviation, samples }, k) => {
    const seen = observed[k];
    return [
      (seen?.mean ?? NaN) - mean,
      (seen?.deviation ?? NaN) - deviation,
      ...samples.map((sample, i) => (seen?.samples[i] ?? NaN) - sample),
    ].map((gap) => Math.abs(gap) / deviation);
  });
  return Math.max(0, ...gaps);
}

function moments(logits: Float32Array): { mean: number; deviation: number } {
  const mean = logits.reduce((sum, each) => sum + each, 0) / logits.length;
  const variance = logits.reduce((sum, each) => sum + (each - mean) ** 2, 0) / logits.length;
  return { mean, deviation: Math.sqrt(variance) };
}

/** The package's reference, or undefined if it has none. Fails with 'bad-manifest'. */
export async function readModelCheck(store: PackageStore): Promise<Reference | undefined> {
  if (!store.manifest.files.some(({ name }) => name === MODEL_CHECK_FILE)) return undefined;
  const text = new TextDecoder().decode(await store.file(MODEL_CHECK_FILE));
  return parseReference(parseJson(text, MODEL_CHECK_FILE, 'bad-manifest'));
}

/**
 * Parses a `summary`. Returns undefined if a newer app wrote it, which this version cannot read. Fails with
 * 'bad-manifest'.
 */
export function parseReference(json: unknown): Reference | undefined {
  const root = new Field(json, `${MODEL_CHECK_FILE}: `, 'bad-manifest');
  if (root.at('version').integer(1) > VERSION) return undefined;
  return {
    steps: root.at('steps').list((step) => ({
      id: step.at('id').integer(),
      mean: step.at('mean').number(),
      deviation: step.at('deviation').number(),
      best: step.at('best').list((one) => ({ id: one.at('id').integer(), logit: one.at('logit').number() })),
    })),
    stages:
      root.optional('stages')?.list((stage) => ({
        mean: stage.at('mean').number(),
        deviation: stage.at('deviation').number(),
        samples: stage.at('samples').list((sample) => sample.number()),
      })) ?? [],
  };
}

/**
 * Failures that do not mean that the numbers are wrong. NaN logits do mean it: the sampler reports them as
 * 'not-numbers'.
 */
const PASSES_ON: ReadonlySet<FailureCode> = new Set(['device-lost', 'out-of-memory']);

/** False if numbers are wrong or an operator fails. Throws if the device is lost, if memory runs out, or on a stop. */
export async function modelIsRight(
  engine: Engine,
  reference: Reference,
  signal: AbortSignal,
  content: Part[] = QUESTION,
): Promise<boolean> {
  try {
    const observed = await observe(engine, signal, content);
    return (
      difference(observed, reference.steps) <= TOLERANCE[engine.target.precision] &&
      stageDifference(observed.stages, reference.stages) <= STAGE_TOLERANCE
    );
  } catch (error) {
    const isOwn = error instanceof Failure && PASSES_ON.has(error.code);
    if (isOwn || signal.aborted) throw error;
    return false;
  }
}
