// Runs one case of the reference through the engine and compares every stage with the goldens. Works in Node and in a
// browser's worker; the caller judges and prints the measurement.

import type { Message } from '../../../src/contract/conversation.ts';
import type { AnswerTrace } from '../../../src/engine/answer-trace.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { Medium } from '../../../src/engine/media-library.ts';
import { PIXELS, type Limits } from './limits.ts';
import type { Goldens } from './reference-files.ts';

export interface Measurement {
  case: string;
  seconds: number;
  /** Whether ids, positions and grids equal those of the goldens; undefined if the goldens lack them. */
  ids?: boolean;
  positions?: boolean;
  grids: boolean;
  /** The largest difference in units of 1/255, and the share of values that are equal. */
  pixels?: { largest: number; equal: number };
  /** Cosine similarity with the goldens; `deepstack` has one value per tap. */
  vision?: number;
  deepstack?: number[];
  logits: { cosine: number; largest: number };
  greedy: { equal: number; of: number; marginWhereTheyPart?: number };
  /** The share of the chosen experts that the reference also chose, up to the first token that differs. */
  experts?: number;
}

export async function measure(
  name: string,
  messages: readonly Message[],
  engine: Engine,
  goldens: Goldens,
  pixels: Goldens,
  onPrefill?: (done: number) => void,
  /** Number of greedy tokens; if omitted, as many as the goldens have. */
  steps?: number,
): Promise<Measurement> {
  const result: Measurement = {
    case: name,
    seconds: 0,
    grids: true,
    logits: { cosine: 0, largest: Infinity },
    greedy: { equal: 0, of: 0 },
  };
  const features: { image: Feature[]; video: Feature[] } = { image: [], video: [] };
  const patches: { image: Float32Array[]; video: Float32Array[] } = { image: [], video: [] };
  const ids: number[] = [];
  const chosen: Uint16Array[] = [];
  const trace: AnswerTrace = {
    onPrompt: (_, prompt, positions, media) => {
      const goldenIds = goldens.ints(`${name}.input_ids`);
      const goldenPositions = goldens.ints(`${name}.position_ids`);
      if (goldenIds) result.ids = same(goldenIds, prompt.inputIds);
      if (goldenPositions) result.positions = same(goldenPositions, positions);
      result.grids = (['image', 'video'] as const).every((kind) =>
        same(goldens.grids(name, kind).flat(), gridsOf(media, kind)),
      );
    },
    onPixels: ({ prompt }, input) => patches[prompt.kind].push(input.patches.slice()),
    onFeatures: async (medium) => {
      features[medium.prompt.kind].push(await readFeatures(medium, engine.files.config.text.hiddenSize));
    },
    onPrefillLogits: (logits) => {
      const golden = goldens.floats(`${name}.logits`)!;
      result.logits = {
        cosine: cosine(golden, logits),
        largest: largestDifference(golden, logits) / range(golden),
      };
    },
    onToken: (id) => {
      ids.push(id);
      return Promise.resolve();
    },
  };
  const goldenIds = goldens.ints(`${name}.greedy_ids`)!.slice(0, steps);
  const start = performance.now();
  await engine.answer(
    messages,
    { maxTokens: goldenIds.length, sampling: { temperature: 0 }, watchExperts: true },
    (event) => {
      if (event.kind === 'experts') chosen.push(event.chosen);
      if (event.kind === 'stage' && event.stage === 'prefill') onPrefill?.(event.done);
    },
    new AbortController().signal,
    trace,
  );
  result.seconds = (performance.now() - start) / 1000;
  let equal = 0;
  while (equal < goldenIds.length && ids[equal] === goldenIds[equal]) equal++;
  result.greedy = { equal, of: goldenIds.length };
  if (equal < goldenIds.length) {
    result.greedy.marginWhereTheyPart = goldens.floats(`${name}.greedy_margins`)![equal]!;
  }
  const goldenExperts = goldens.ints(`${name}.greedy_experts`);
  if (goldenExperts !== undefined) {
    const { expertsPerToken = 1 } = engine.files.config.text.moe ?? {};
    // The first token that differs still comes from a pass over the same tokens.
    const passes = Math.min(equal + 1, goldenIds.length);
    result.experts = sameExperts(goldenExperts, chosen.slice(0, passes), passes, expertsPerToken);
  }
  for (const kind of ['image', 'video'] as const) {
    const golden = pixels.bytes(`${name}.${kind}_patches`);
    if (golden !== undefined && patches[kind].length > 0) {
      result.pixels = worsePixels(result.pixels, comparePixels(golden, joined(patches[kind])));
    }
    compareFeatures(result, features[kind], goldens, `${name}.${kind}`);
  }
  return result;
}

/** Lists the limits that a measurement violates. The list is empty if all limits hold. */
export function violations(measured: Measurement, limits: Limits): string[] {
  const wrong: string[] = [];
  const must = (right: boolean, what: string): void => {
    if (!right) wrong.push(what);
  };
  must(measured.ids !== false, 'input ids differ');
  must(measured.positions !== false, 'position ids differ');
  must(measured.grids, 'grids differ');
  const { pixels, vision, deepstack, logits, greedy, experts } = measured;
  if (pixels) {
    must(pixels.largest <= PIXELS.largest, `a pixel is off by ${pixels.largest}/255`);
    must(pixels.equal >= PIXELS.equal, `only ${pixels.equal} of the pixels are equal`);
  }
  if (vision !== undefined) must(vision >= limits.vision, `vision cosine ${vision}`);
  for (const [k, tap] of deepstack?.entries() ?? []) {
    must(tap >= limits.vision, `DeepStack ${k} cosine ${tap}`);
  }
  if (experts !== undefined) must(experts >= limits.experts, `only ${experts} of the experts are equal`);
  must(logits.cosine >= limits.logits, `logits cosine ${logits.cosine}`);
  must(logits.largest <= limits.logitsDifference, `logits differ by ${logits.largest} of their range`);
  if (greedy.equal < greedy.of && limits.greedy !== 'printed') {
    const margin = greedy.marginWhereTheyPart ?? Infinity;
    const near = typeof limits.greedy === 'object' && margin <= limits.greedy.nearTie;
    must(near, `greedy tokens part at ${greedy.equal}, where the margin is ${margin}`);
  }
  return wrong;
}

interface Feature {
  main: Float32Array;
  deepstack: Float32Array[];
}

async function readFeatures({ blocks = [] }: Medium, width: number): Promise<Feature> {
  const read = await Promise.all(blocks.map((block) => block.read()));
  // Leave out row 0, the zero row for text.
  const table = (k: number): Float32Array => joined(read.map((tables) => tables[k]!.slice(width)));
  return { main: table(0), deepstack: (read[0] ?? []).slice(1).map((_, k) => table(k + 1)) };
}

function compareFeatures(result: Measurement, features: Feature[], goldens: Goldens, key: string): void {
  const golden = goldens.floats(`${key}_features`);
  const taps = goldens.floats(`${key}_deepstack`);
  if (golden === undefined || taps === undefined || features.length === 0) return;
  result.vision = Math.min(result.vision ?? 1, cosine(golden, joined(features.map(({ main }) => main))));
  const count = features[0]!.deepstack.length;
  const perTap = taps.length / count;
  result.deepstack = Array.from({ length: count }, (_, k) => {
    const own = joined(features.map(({ deepstack }) => deepstack[k]!));
    const tap = taps.subarray(k * perTap, (k + 1) * perTap);
    return Math.min(result.deepstack?.[k] ?? 1, cosine(tap, own));
  });
}

function comparePixels(golden: Uint8Array, patches: Float32Array): { largest: number; equal: number } {
  let largest = golden.length === patches.length ? 0 : Infinity;
  let equal = 0;
  for (let i = 0; i < golden.length; i++) {
    const difference = Math.abs(patches[i]! * 127.5 + 127.5 - golden[i]!);
    if (difference < 1e-4) equal++;
    largest = Math.max(largest, difference);
  }
  return { largest: Math.round(largest * 1e4) / 1e4, equal: equal / golden.length };
}

function worsePixels(
  a: Measurement['pixels'],
  b: { largest: number; equal: number },
): { largest: number; equal: number } {
  if (a === undefined) return b;
  return { largest: Math.max(a.largest, b.largest), equal: Math.min(a.equal, b.equal) };
}

/**
 * The share of equal choices. Both arrays have the shape (passes, layers, k). The order within a layer is ignored,
 * because near ties change it.
 */
function sameExperts(golden: Int32Array, own: readonly Uint16Array[], passes: number, k: number): number {
  const perPass = own[0]?.length ?? 0;
  let equal = 0;
  for (const [pass, chosen] of own.entries()) {
    for (let at = 0; at < chosen.length; at += k) {
      const wanted = new Set(golden.subarray(pass * perPass + at, pass * perPass + at + k));
      equal += chosen.subarray(at, at + k).reduce((sum, expert) => sum + (wanted.has(expert) ? 1 : 0), 0);
    }
  }
  return perPass === 0 ? 0 : equal / (passes * perPass);
}

function gridsOf(media: readonly Medium[], kind: 'image' | 'video'): number[] {
  const own = media.filter(({ prompt }) => prompt.kind === kind);
  return own.flatMap(({ prompt: { grid } }) => [grid.frames, grid.height, grid.width]);
}

function same(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return 0;
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return dot / Math.sqrt(aa * bb);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

function range(values: Float32Array): number {
  return Math.max(...values) - Math.min(...values);
}

function joined(parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
