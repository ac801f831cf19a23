// Computes and prints the tables of bench:paged.

import { BESIDE_A_DEVICE } from '../../src/engine/decoder/paged/expert-reads.ts';
import { LOOK_AHEAD } from '../../src/paging/look-ahead.ts';
import { Foresight, Recency } from './other-policies.ts';
import { RecencyFrequency } from '../../src/paging/replacement.ts';
import { guessRecall, withRightGuesses } from './guess-recall.ts';
import { ofLayer, type RoutingTrace } from '../../src/paging/routing-trace.ts';
import { simulate, type DeviceSpeeds } from '../../src/paging/simulate.ts';
import { textTable } from '../cli/node/text-table.ts';
import type { PagedRun } from './paged-run.ts';

const fixed = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toFixed(digits) : '–';
const percent = (share: number, digits = 1): string => `${fixed(100 * share, digits)} %`;

export function print(rows: readonly (readonly string[])[]): void {
  console.log(textTable(rows, 'right'));
}

/**
 * The time of real runs by activity, as shares of the wall-clock time. Reading overlaps the other activities, so the
 * shares add up to more than 100 %.
 */
export function runTable(runs: readonly PagedRun[]): string[][] {
  return [
    [
      'resident',
      'slots MB',
      'look-ahead',
      'hits',
      'tokens/s',
      'ms/token',
      'compute',
      'wait',
      'upload',
      'overhead',
      'reading',
      'MB/s read',
      'over the floor',
      'guesses right',
      'prompt',
      'prefill s',
      'of it waiting',
      'over the floor',
      'brought in',
    ],
    ...runs.map(({ slots, experts, slotBytes, lookAhead, prefill, decode }) => {
      const { passMs, computeMs, waitMs, uploadMs, readMs } = decode;
      const share = (ms: number): string => percent(ms / passMs, 0);
      return [
        percent(slots / experts, 0),
        fixed(slotBytes / 1e6, 0),
        String(lookAhead),
        percent(decode.hits / (decode.hits + decode.misses)),
        fixed((1000 * decode.tokens) / passMs, 2),
        fixed(passMs / decode.tokens, 0),
        share(computeMs),
        share(waitMs),
        share(uploadMs),
        share(passMs - computeMs - waitMs - uploadMs),
        share(readMs),
        fixed(decode.readBytes / 1e3 / readMs, 0),
        overFloor(decode, passMs),
        `${decode.rightGuesses} of ${decode.guesses}`,
        String(prefill.tokens),
        fixed(prefill.ms / 1000, 1),
        percent(prefill.waitMs / prefill.ms, 0),
        overFloor(prefill, prefill.ms),
        String(prefill.misses),
      ];
    }),
  ];
}

/**
 * How far a time exceeds its lower bound. The bound is the larger of two times: the time of reading (wrong guesses
 * included), and the time of everything except waiting and uploading.
 */
function overFloor(of: { readMs: number; waitMs: number; uploadMs: number }, ms: number): string {
  return percent(ms / Math.max(of.readMs, ms - of.waitMs - of.uploadMs) - 1, 0);
}

const NO_TIME: DeviceSpeeds = { readMs: 0, uploadMs: 0, layerMs: 0, tokenMs: 0 };

/** The misses of each policy, as a multiple of those of Belády's policy. */
export function policyTable(trace: RoutingTrace, residencies: readonly number[], warmUp: number): string[][] {
  const each = { speeds: NO_TIME, lookAhead: 0, isFilled: true, warmUp };
  const rows = residencies.map((share) => {
    const slots = Math.max(trace.perToken, Math.round(share * trace.experts));
    const misses = (replacement: (layer: number) => Recency | RecencyFrequency | Foresight): number =>
      simulate(trace, { ...each, slots, replacement }).misses;
    const futureOf = (layer: number) => trace.tokens.map((record) => ofLayer(trace, record, layer));
    const least = misses((layer) => new Foresight(futureOf(layer)));
    const all = (trace.tokens.length - warmUp) * trace.layers * trace.perToken;
    const policies = [
      ...[8, 32, 128].map((halfLife) => misses(() => new RecencyFrequency(halfLife))),
      misses(() => new Recency()),
    ];
    const cell = (own: number): string => `${percent(1 - own / all)} ×${fixed(own / Math.max(1, least), 2)}`;
    return [percent(share, 0), ...policies.map(cell), percent(1 - least / all)];
  });
  const title = (halfLife: number): string => `recency+frequency ${halfLife}`;
  const recall = `guess recall ${[1, 2].map((distance) => percent(guessRecall(trace, distance), 0)).join(', ')}`;
  return [[recall, title(8), title(32), title(128), 'recency', 'Belády'], ...rows];
}

export interface Machine {
  name: string;
  speeds: DeviceSpeeds;
}

/**
 * One row per share of resident experts. First come the tokens per second with look-ahead of 0 to 2 layers, and at the
 * lower bound, which is the larger of the time to read the missing experts and the time to compute. Then comes how far
 * the last run exceeds that bound, with its own guesses and with right guesses only. Last come the parts of that run in
 * ms per token.
 */
export function machineTable(
  trace: RoutingTrace,
  { name, speeds }: Machine,
  residencies: readonly number[],
  warmUp: number,
): string[][] {
  const rows = residencies.map((share) => {
    const slots = Math.max(trace.perToken, Math.round(share * trace.experts));
    const run = (of: RoutingTrace, lookAhead: number) =>
      simulate(of, {
        ...{ slots, speeds, lookAhead, leastRight: BESIDE_A_DEVICE.leastRight, warmUp, isFilled: true },
        replacement: () => new RecencyFrequency(),
      });
    const runs = runsAhead.map((lookAhead) => run(trace, lookAhead));
    const foreseen = run(withRightGuesses(trace), LOOK_AHEAD);
    const { neededMs, computeMs, uploadMs, waitMs, readMs, msPerToken } = runs.at(-1)!;
    const floor = Math.max(neededMs, computeMs);
    return [
      percent(share, 0),
      ...runs.map(({ tokensPerSecond }) => fixed(tokensPerSecond, 2)),
      fixed(1000 / floor, 2),
      percent(msPerToken / floor - 1, 0),
      percent(foreseen.msPerToken / floor - 1, 0),
      ...[computeMs, neededMs, readMs, uploadMs, waitMs].map((ms) => fixed(ms, 0)),
    ];
  });
  const ahead = runsAhead.map((layers) => `${layers} ahead`);
  return [
    [
      name,
      ...ahead,
      'floor',
      'over it',
      'if guesses were right',
      'compute ms',
      'reads needed',
      'reads',
      'upload',
      'wait',
    ],
    ...rows,
  ];
}

const runsAhead = Array.from({ length: LOOK_AHEAD + 1 }, (_, layers) => layers);
