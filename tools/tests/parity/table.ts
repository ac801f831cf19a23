// Prints measurements as a table for the terminal, with the worst value of each stage per configuration.

import { textTable } from '../../cli/node/text-table.ts';
import type { Measurement } from './measure.ts';

export interface Column {
  /** The package and the configuration, for example "dense-tied exact, wasm f32". */
  name: string;
  measured: readonly Measurement[];
}

export function parityTable(columns: readonly Column[]): string {
  const rows = [
    [
      '',
      'ids',
      'positions',
      'grids',
      'pixels off by, equal',
      'vision 1−cos',
      'DeepStack 1−cos',
      'logits 1−cos',
      'max/range',
      'seconds (first case)',
      'greedy',
      'experts',
    ],
    ...columns.map(({ name, measured }) => [
      name,
      equal(measured.map(({ ids }) => ids)),
      equal(measured.map(({ positions }) => positions)),
      equal(measured.map(({ grids }) => grids)),
      pixels(measured),
      distance(measured.map(({ vision }) => vision)),
      distance(measured.flatMap(({ deepstack }) => deepstack ?? [])),
      distance(measured.map(({ logits }) => logits.cosine)),
      Math.max(...measured.map(({ logits }) => logits.largest)).toExponential(1),
      seconds(measured),
      greedy(measured),
      experts(measured),
    ]),
  ];
  return textTable(rows, 'left');
}

function equal(values: (boolean | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return '–';
  return `${known.filter(Boolean).length}/${known.length}`;
}

function pixels(measured: readonly Measurement[]): string {
  const known = measured.flatMap((each) => each.pixels ?? []);
  if (known.length === 0) return '–';
  const largest = Math.max(...known.map((each) => each.largest));
  const share = Math.min(...known.map((each) => each.equal));
  return `${largest}, ${(100 * share).toFixed(2)} %`;
}

function experts(measured: readonly Measurement[]): string {
  const known = measured.flatMap((each) => each.experts ?? []);
  return known.length === 0 ? '–' : `${(100 * Math.min(...known)).toFixed(1)} %`;
}

function distance(cosines: (number | undefined)[]): string {
  const known = cosines.filter((value) => value !== undefined);
  return known.length === 0 ? '–' : Math.max(...known.map((value) => 1 - value)).toExponential(1);
}

/** The total time in seconds, and the time of the first case, which compiles the code that the others use. */
function seconds(measured: readonly Measurement[]): string {
  const total = measured.reduce((sum, each) => sum + each.seconds, 0);
  return `${total.toFixed(1)} (${measured[0]?.seconds.toFixed(1) ?? '–'})`;
}

function greedy(measured: readonly Measurement[]): string {
  const apart = measured.filter((each) => each.greedy.equal < each.greedy.of);
  if (apart.length === 0) return `${measured.length}/${measured.length} equal`;
  const notes = apart.map(
    (each) =>
      `${each.case} parts at ${each.greedy.equal}, margin ${each.greedy.marginWhereTheyPart?.toFixed(3)}`,
  );
  return `${measured.length - apart.length}/${measured.length} equal; ${notes.join('; ')}`;
}
